# Why an operation on customers was refused.

CustomerMustBeKnown = There is no customer { $customer }.
CustomerMustBeActive = Customer { $customer } is suspended. Reinstate the customer first.
