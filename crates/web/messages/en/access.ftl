# Why an operation on users or tokens was refused, and why a caller may not run an operation at all.

UserMustBeKnown = There is no user { $user }.
UserNameMustBeUnique = The user { $key } already exists.
OwnAccessMustStay = { $user } cannot take away their own access. Ask another administrator to do it.
TokenMustBeKnown = There is no token { $token }.
TokenMustBeUnique = The token { $key } already exists.
UserMustBeActive = User { $user } is suspended. Ask an administrator to reinstate the user.
PasswordMustBeCurrent = The password of user { $user } has changed in the meantime.

CustomerRoleNeedsCustomer-CustomerMissing = The customer role needs a customer to act for.
CustomerRoleNeedsCustomer-OtherRole = Only the customer role acts for a customer. The role { $role } does not.
CustomerRoleNeedsCustomer-ActsForAnother = User { $user } already acts for another customer.

Policy-NotForSystem = The { $part } may not run { $action }.
Policy-NoRole = { $user } has no role yet and may do nothing. Ask an administrator to assign one.
Policy-AdministratorsOnly = { $action } is for administrators; { $user } has { $roles }.
Policy-OtherRolesOnly = { $action } is for { $permitted }; { $user } has { $roles }.
Policy-HistoryNotForCustomers = The history of a { $kind } is not available to customers.
