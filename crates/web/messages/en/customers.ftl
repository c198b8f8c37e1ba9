# Why an operation on customers was refused.

CustomerMustBeKnown = There is no customer { $customer }.
CustomerMustBeActive = Customer { $customer } is suspended. Reinstate the customer first.

# What an operation on customers did.

new-customer-done = { $customer } has been added.
new-customer-next = Another customer has the same name and e-mail address
change-customer-done = { $customer } corrected.
change-customer-unchanged = Nothing to change: { $customer } has this name and address already.
change-customer-next = Another customer has the same name and e-mail address
suspend-customer-done = { $customer } is suspended. Its cargoes cannot be created or booked.
suspend-customer-unchanged = Nothing to change: { $customer } is suspended already.
reinstate-customer-done = { $customer } is active and can ship again.
reinstate-customer-unchanged = Nothing to change: { $customer } is active already.
