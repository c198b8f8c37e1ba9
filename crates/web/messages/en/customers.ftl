# Why an operation on customers was refused.

CustomerMustBeKnown = There is no customer { $customer }.
CustomerMustBeActive = Customer { $customer } is suspended. Reinstate the customer first.
CustomerMustNotBeErased = Customer { $customer } was erased and cannot be changed or ship any more. Add a new customer.
CustomerMustHaveNoUnfinishedCargo = Customer { $customer } has { $cargoes ->
    [one] a cargo, { $cargo }, that is not
   *[other] { $cargoes } cargoes, for example { $cargo }, that are not
  } completed, rejected or cancelled. Finish or cancel { $cargoes ->
    [one] it
   *[other] them
  } first.
    .earlier = Customer { $customer } has { $cargoes ->
        [one] a cargo that is not
       *[other] { $cargoes } cargoes that are not
      } completed, rejected or cancelled. Finish or cancel { $cargoes ->
        [one] it
       *[other] them
      } first.

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
erase-customer-done = The customer has been erased. Nobody can read the name and e-mail address any more.
erase-customer-unchanged = Nothing to change: this customer is erased already.
