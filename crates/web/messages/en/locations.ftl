# Why an operation on locations was refused. A message is named by its rule and, after a hyphen, the
# case; its variables are the facts of the rejection.

LocationMustBeKnown = There is no location { $location }. Check the code, or add the location first.
LocationMustBeUnique = The location { $key } already exists.
