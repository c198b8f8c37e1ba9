# Why an operation on locations was refused. A message is named by its rule and, after a hyphen, the
# case; its variables are the facts of the rejection.

LocationMustBeKnown = There is no location { $location }. Check the code, or add the location first.
LocationMustBeUnique = The location { $key } already exists.

# What an operation on locations did.

add-locations-done = { $locations ->
    [one] 1 location added.
   *[other] { $locations } locations added.
}
add-locations-unchanged = Nothing to change: all of these locations are known already.
correct-location-done = { $location } corrected.
correct-location-unchanged = Nothing to change: { $location } has these details already.
