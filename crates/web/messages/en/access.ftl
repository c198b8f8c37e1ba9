# Why an operation on users or tokens was refused, and why a caller may not run an operation at all.

UserMustBeKnown = There is no user { $user }.
UserNameMustBeUnique = The user { $key } already exists.
OwnAccessMustStay = { $user } cannot take away their own access. Ask another administrator to do it.
TokenMustBeKnown = There is no token { $token }.
TokenMustBeUnique = The token { $key } already exists.
UserMustBeActive = User { $user } is suspended. Ask an administrator to reinstate the user.
PasswordLinkMustBeOpen = This password link of user { $user } does not work any more. Ask an administrator for a new one.
PasswordMustBeCurrent = The password of user { $user } has changed in the meantime.

CustomerRoleNeedsCustomer-CustomerMissing = The customer role needs a customer to act for.
CustomerRoleNeedsCustomer-OtherRole = Only the customer role acts for a customer. The role { $role } does not.
CustomerRoleNeedsCustomer-ActsForAnother = User { $user } already acts for another customer.

Policy-NotForSystem = The { $part } may not run { $action }.
Policy-NoRole = { $user } has no role yet and may do nothing. Ask an administrator to assign one.
Policy-AdministratorsOnly = { $user } ({ $roles }) has no access to { $action }. It is for administrators.
Policy-OtherRolesOnly = { $user } ({ $roles }) has no access to { $action }. It is for administrators and users with one of these roles: { $permitted }.
Policy-OwnerOnly = Only { $owner }, who owns it, and administrators may run { $action } on it. You are { $user }.
Policy-HistoryNotForCustomers = The history of a { kind-name } is not available to customers.
Policy-RehearsalNotForCustomers = Customers may not rehearse operations. Run the operation without rehearsing it.

# What an operation on users did.

register-user-done = { $user } has been added. Assign a role and a password next.
register-user-next = Give { $user } a role
assign-role-done = { $user } has the role { $role }.
assign-role-unchanged = Nothing to change: { $user } has the role { $role } already.
assign-role-next = Make a password link for { $user }
remove-role-done = { $user } no longer has the role { $role }.
remove-role-unchanged = Nothing to change: { $user } does not have the role { $role }.
set-password-done = { $user } has a new password. All its sessions have ended.
issue-password-link-done = Hand this link over to { $user }, who sets a password with it. It works once, for { $link_hours } hours, until { $link_ends }, and replaces any earlier link.
redeem-password-link-done = { $user } has set a password by the link. All earlier sessions have ended.
suspend-user-done = { $user } is suspended and can no longer do anything.
suspend-user-unchanged = Nothing to change: { $user } is suspended already.
reinstate-user-done = { $user } is active again, with the same roles as before.
reinstate-user-unchanged = Nothing to change: { $user } is active already.
issue-token-done = { $user } has a new token.
revoke-token-done = The token is revoked and no longer works.
revoke-token-unchanged = Nothing to change: the token is revoked already.
sign-in-done = { $user } has signed in.
sign-out-done = The session has ended.
sign-out-unchanged = Nothing to change: the session has ended already.
