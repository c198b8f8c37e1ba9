# Why an operation on cargoes was refused.

CargoMustBeKnown = There is no cargo { $cargo }.
ContainerMustBeKnown = No cargo travels in container { $container }. Check the number, or report the cargo by its tracking ID.
TrackingIdMustBeUnique = The cargo { $key } already exists.
OriginAndDestinationMustDiffer = Origin and destination are both { $port }.
DeadlineMustLieAhead = The deadline { $deadline } is not in the future. It is now { $now }. Enter a later deadline.
SetPointNeedsReefer = A temperature of { $set_point } °C needs a reefer container, for example 45R1, but the cargo has only { $size_types }. Correct the containers, or leave the temperature out.
ReadyDateMustPrecedeDeadline = The cargo would be ready on { $ready_from }, but has to arrive by { $deadline }. Enter an earlier ready date or a later deadline.
ContainerMayNotBeOverweight = { $containers ->
    [1] A container with its goods may weigh at most { $container_kg_max } kg, but this one weighs { $weight_kg } kg.
   *[other] { $containers } containers with their goods may weigh at most { $weight_kg_max } kg, { $container_kg_max } kg each, but these weigh { $weight_kg } kg.
} Correct the weight or add containers.

CargoMayNotBeBookedTwice-ReleaseOrRoll = Cargo { $cargo } is already booked. First release or roll it.
CargoMayNotBeBookedTwice-Roll = Cargo { $cargo } is already booked. First roll it.

ItineraryMustConnect-PortsMustMeet = { $voyage } unloads in { $unload_at }, but { $next } loads in { $load_at }.
ItineraryMustConnect-TooShort = { $voyage } arrives in { $port } on { $arrives }, and { $next } departs on { $departs }. There must be at least { $hours_min } h between them.
    .short = Arrives in { $port } too late for { $next }.
ItineraryMustConnect-ConnectionMissed = Cargo { $cargo } misses its connection in { $port }: { $voyage } arrives too late for { $next }. Roll the cargo, assign a new itinerary, or release its space first.
ItineraryMustConnect-AboardElsewhere = The cargo is aboard { $voyage }, which does not call at { $port } later.
ItineraryMustConnect-AboardTooLate = The cargo is aboard { $voyage }, which arrives in { $port } on { $arrives }, but { $next } departs there on { $departs }.
ItineraryMustConnect-StartsElsewhere = The cargo is in { $location }, but the itinerary starts in { $load_at }. First reroute the cargo from where it is.
ItineraryMustConnect-StillAboard = The cargo is aboard { $voyage }, and its route starts in { $load_at }. First reroute it from a later call of the voyage.
ItineraryMustConnect-TimesDiffer = The times of the leg differ from the timetable: voyage { $voyage } departs { $load_at } on { $departs } and arrives in { $unload_at } on { $arrives }.

ItineraryMustSatisfySpecification-OriginDiffers = The itinerary starts in { $load_at }, but the cargo starts in { $origin }.
ItineraryMustSatisfySpecification-DestinationDiffers = The itinerary ends in { $unload_at }, but the cargo goes to { $destination }.
ItineraryMustSatisfySpecification-TooManyLegs = The itinerary would have { $legs } legs, and at most { $legs_max } are possible. Choose a route with fewer transhipments.
ItineraryMustSatisfySpecification-TooLate = The itinerary arrives on { $arrives }, after the deadline { $deadline }.
    .short = Arrives after the deadline.
ItineraryMustSatisfySpecification-LoadsBeforeReady = { $voyage } leaves { $load_at } on { $departs }, but the cargo is not ready before { $ready_from }. Choose a later voyage, or ask the shipper for an earlier ready date.
    .short = Leaves before the cargo is ready.

StatusMustAllow-NotInThisStatus = Cargo { $cargo } is { $status } and cannot be { booking-step }.
StatusMustAllow-NotRouted = Cargo { $cargo } is { $routing } and cannot be { booking-step }. Assign an itinerary to its destination first.
booking-step = { $action ->
    [booked] booked
    [accepted] accepted
    [confirmed] confirmed
    [rejected] rejected
    [released] released
    [rolled] rolled
    [cancelled] cancelled
    [changed] changed
    [amended] amended
    [split] split
    [handled] handled
   *[other] { $action }
}
StatusMustAllow-HasArrived = Cargo { $cargo } has arrived in { $port }. It has no space left to release.
StatusMustAllow-ClaimNeedsPort = Cargo { $cargo } was claimed, so it must have been received or unloaded before. Retract the claim first.
StatusMustAllow-ContainerNeverInPort = Container { $container } of cargo { $cargo } was never received or unloaded, so it cannot be claimed. First report where it was received or unloaded.
StatusMustAllow-NeverInPort = Cargo { $cargo } was never received or unloaded, so it cannot be claimed. First report where it was received or unloaded.
StatusMustAllow-HasBeenLoaded = { $report } at { $location } has been reported for cargo { $cargo }, so its containers and weight cannot be { booking-step } any more. If the report is wrong, retract it first.
StatusMustAllow-OnlyByTheCarrier = Cargo { $cargo } is { $status } and can be { booking-step } only by the carrier. Ask us, and we change it for you.

ContainerMayNotTravelTwice-OnAnotherCargo = Container { $container } is on cargo { $cargo }, which has not been claimed yet. Check the number, or correct the containers of { $cargo }.
ContainerMayNotTravelTwice-NamedTwice = Container { $container } is entered twice. Remove one of the two.
ContainersMustFitEquipment-TooMany = Cargo { $cargo } has { $has } × { $size_type }, but { $numbered } of them have numbers. Remove a number, or amend the containers of the cargo.
ContainersMustFitEquipment-TypeNeeded = Cargo { $cargo } has containers of several sizes and types. Say which of them { $container } is.
ContainersMustFitEquipment-Reported = Container { $container } has handling reports, so it stays on cargo { $cargo }. Retract the reports first.
ContainersMustFitEquipment-NotOnCargo = Container { $container } is not on cargo { $cargo }. Check the number.

SplitMustLeaveBoth-NotThatMany = Cargo { $cargo } has { $has } × { $size_type }, so { $asked } cannot be split off. Enter at most { $has }.
SplitMustLeaveBoth-NoContainerLeft = { $containers ->
    [1] Cargo { $cargo } would be left without a container, because it has only one.
   *[other] Cargo { $cargo } would be left without a container, because it has only { $containers }. Split off fewer.
}
SplitMustLeaveBoth-NoWeightLeft = Cargo { $cargo } weighs { $weight_kg } kg. If { $asked_kg } kg are split off, nothing is left. Enter less than { $weight_kg } kg.
SplitMustLeaveBoth-TooOften = Cargo { $cargo } has been split { $splits_max } times, the most that is possible. Create a new cargo, and amend this one.

StatusMustAllow-ContainerWasSplitOff = Container { $container } was split off from cargo { $cargo }. Retract the report on the cargo that has the container now.
StatusMustAllow-PartlyAboard = Some containers of cargo { $cargo } sailed with { $voyage }, others did not. Split off those that were left behind, and continue with them.
LoadedCargoMayNotBeReleased = Cargo { $cargo } is aboard { $voyage } and keeps its space there. Report the unloading first.

ClaimedCargoIsFinished-Claimed = Cargo { $cargo } has been claimed and cannot be changed any more.
ClaimedCargoIsFinished-ReportAfterClaim = Cargo { $cargo } was claimed at { $claimed }, so { $report } at { $location } on { $completed_at } cannot follow. Retract the wrong report first.
ClaimedCargoIsFinished-ClaimBeforeReport = { $report } at { $location } was reported for { $completed_at }, after a claim at { $claimed }. Retract the wrong report first.

CargoMustBeOnVoyage-NoLegAhead = Cargo { $cargo } has no leg on { $voyage } ahead.
CargoMustBeOnVoyage-SameCall = Cargo { $cargo } is already booked on { $voyage } from this call. Give the times of another call.

RerouteMustStartWhereCargoIs-NotReceived = Cargo { $cargo } has not been received anywhere yet. Change its destination, or cancel it.
RerouteMustStartWhereCargoIs-IsElsewhere = Cargo { $cargo } is in { $location }, not in { $origin }.
RerouteMustStartWhereCargoIs-AboardElsewhere = Cargo { $cargo } is aboard { $voyage } from { $location }, which does not call at { $origin } later.

CargoHistoryMustHaveRoom = Cargo { $cargo } already has { $events_max } handling events, the most it can have.

# What an operation on cargoes did.

create-cargo-done = Cargo { $cargo } from { $origin } to { $destination } has been created. No space is booked yet.
amend-cargo-done = { $cargo } has been amended.{ $contents ->
    [changed] {" "}It now has { $equipment }: { $size_teu } TEU and { $weight_kg } kg.
   *[kept] {""}
}{ $goods ->
    [changed] {" "}Its goods are { $commodity }.
   *[kept] {""}
}{ $dangerous ->
    [changed] {" "}Its dangerous goods have changed.
    [cleared] {" "}It has no dangerous goods any more.
   *[kept] {""}
}{ $refers ->
    [changed] {" "}Its reference is { $reference }.
    [cleared] {" "}It has no reference any more.
   *[kept] {""}
}{ $cooled ->
    [changed] {" "}Its temperature is { $set_point } °C.
    [cleared] {" "}It has no temperature any more.
   *[kept] {""}
}{ $ready ->
    [changed] {" "}It is ready from { $ready_from }.
    [cleared] {" "}It has no ready date any more.
   *[kept] {""}
}
assign-containers-done = { $cargo } travels in { $containers }.
assign-containers-unchanged = Nothing was different, so { $cargo } keeps its containers.
amend-cargo-unchanged = Nothing was different, so { $cargo } stays as it is.
split-cargo-done = { $child } has been split off { $cargo }, which keeps { $equipment }: { $size_teu } TEU and { $weight_kg } kg. Both are booked and handled separately from now on.
split-cargo-next = Show { $child }
book-onto-voyage-done = { $cargo } is booked: { $size_teu } TEU on { $voyages } to { $destination }.
assign-itinerary-done = { $cargo } is booked: { $size_teu } TEU on { $voyages } to { $destination }.
release-cargo-done = { $cargo } released: { freed-space }. It is waiting to be booked.
roll-cargo-done = { $rolled_to ->
    [call] { $cargo } stays on { $to_voyage }, from another call.
   *[voyage] { $cargo } is booked on { $to_voyage } instead of { $from_voyage }.
}
change-destination-done = { $cargo } now goes to { $destination }.
change-arrival-deadline-done = { $cargo } now has to arrive by { $deadline }.
reroute-cargo-done = { $cargo } now goes from { $origin } to { $destination }. Choose a route for it.
accept-booking-done = The booking of { $cargo } is accepted.
confirm-booking-done = The booking of { $cargo } is confirmed.
reject-booking-done = { $cargo } is rejected: { freed-space }.
cancel-cargo-done = { $cargo } is cancelled: { freed-space }.
freed-space = { $freed ->
    [nothing] it had no space booked
    [sailed] all it was booked on has sailed
   *[space] { $size_teu } TEU freed on { $freed_voyages }
}

# What pages say about the transport of a cargo.

cargo-problem = { $problem ->
    [misdirected] { $reader ->
        [customer] { off-planned-route }
       *[staff] The cargo was handled off its itinerary. { cargo-remedy }
    }
    [misrouted] { $reader ->
        [customer] { off-planned-route }
       *[staff] The itinerary does not run from the cargo's origin to its destination. { cargo-remedy }
    }
    [broken-leg] { $reader ->
        [customer] { broken-leg } We are looking for another voyage.
       *[staff] { broken-leg } { $fault ->
            [departs-before-ready] Roll the cargo onto a later voyage, or amend its ready date.
            [left-behind] Report the loading, roll the cargo onto another voyage, assign a new itinerary, or release its space.
           *[other] { cargo-remedy }
        }
    }
   *[late] { $reader ->
        [customer] Your cargo is expected to arrive after its deadline.
       *[staff] The cargo will arrive after its deadline. { cargo-remedy }
    }
}
off-planned-route = Your cargo is off its planned route. We are planning a new one.
broken-leg = { $fault ->
    [departs-before-arrival] { $voyage } departs { $location } before it arrives there.
    [arrives-too-late] { $cause } arrives in { $location } too late for { $voyage }.
    [departs-before-ready] { $voyage } leaves { $location } before this cargo is ready.
    [call-omitted] { $cause } will not call at { $location }.
    [left-behind] { $voyage } has left { $location }, and no loading of this cargo was reported.
   *[voyage-cancelled] { $cause } is cancelled and will not load this cargo in { $location }.
}
cargo-partly-left-behind = { $voyage } has left { $location } with { $aboard ->
        [one] 1 container
       *[other] { $aboard } containers
    } of this cargo. { $left_count ->
        [one] { $left } was left behind.
       *[other] { $left_count } containers were left behind, among them { $left }.
    } { $reader ->
        [customer] We are looking for another voyage.
       *[staff] Report the loading, or split off what was left behind and roll it.
    }
cargo-remedy = { $remedy ->
    [choose-route] Choose another route.
    [reroute-from-here] Reroute it from its current location, then choose a route.
    [reroute-from-next-port] Reroute the cargo from the ship's next port.
    [roll-or-reroute-ahead] Roll the cargo onto another voyage, or reroute it from a port ahead.
    [roll-or-reroute-from-here] Roll the cargo onto another voyage, or reroute it from its current location and choose a route.
    [roll-or-replan] Roll the cargo onto another voyage, assign a new itinerary, or release its space.
    [move-deadline] Agree on a later deadline.
   *[roll-or-move-deadline] Roll it onto a faster voyage, or agree on a later deadline.
}
cargo-leg-fault = { $fault ->
    [voyage-cancelled] voyage cancelled
    [call-omitted] call omitted
    [departs-before-ready] leaves before it is ready
    [left-behind] left behind
   *[other] connection missed
}
cargo-step = { $tense ->
    [done] { $handling_type ->
        [RECEIVE] Received
        [LOAD] Loaded aboard { $voyage }
        [UNLOAD] Unloaded from { $voyage }
        [CUSTOMS] Inspected by customs
       *[CLAIM] Claimed
    }
   *[expected] { $handling_type ->
        [RECEIVE] Receive
        [LOAD] Load aboard { $voyage }
        [UNLOAD] Unload from { $voyage }
        [CUSTOMS] Inspect
       *[CLAIM] Claim
    }
} in { $location }
cargo-step-overdue = “{ $step }” was due { $due } and has not been reported.{ $reader ->
    [staff] {" "}{ $remedy ->
        [ask-shipper] Ask the shipper, and report it if it was done.
        [ask-port] Ask the port, and report it if it was done.
       *[ask-consignee] Ask the consignee, and report it if it was done.
    }
   *[customer] {""}
}

# What public tracking says, for people outside shipping.

track-headline = { $state ->
    [cancelled] Booking cancelled
    [not-received] Not received yet
    [arrived] Arrived in { track-port }, ready to be claimed
    [in-port] In { track-port }
    [claimed] Claimed in { track-port }
   *[aboard] { $is_ship_known ->
        [yes] Aboard { $ship }
       *[no] Aboard ship
    }{ $is_bound ->
        [yes] , on the way to { $next_location }
       *[no] {""}
    }
}
track-port = { $is_located ->
    [yes] { $location }
   *[no] port
}
track-step = { $tense ->
    [done] { $handling_type ->
        [RECEIVE] Received
        [LOAD] Loaded aboard { $ship }
        [UNLOAD] Unloaded from { $ship }
        [CUSTOMS] Inspected by customs
       *[CLAIM] Claimed
    }
   *[expected] { $handling_type ->
        [RECEIVE] To be received
        [LOAD] To be loaded aboard { $ship }
        [UNLOAD] To be unloaded from { $ship }
        [CUSTOMS] To be inspected by customs
       *[CLAIM] To be claimed
    }
}
track-part = { track-step }, { $count } of { $all } containers
track-container = { $progress ->
    [left-behind] { $ship } left { $location } without this container. Other containers of the cargo are aboard.
   *[not-reported] Other containers of the cargo have been reported: “{ track-step } in { $location }”. There is no such report for this one yet.
}
track-next = { track-step } in { $location }
track-schedule = { $schedule ->
    [not-planned] not planned yet
    [on-schedule] on schedule
    [delayed] delayed
    [awaiting-report] awaiting report
   *[being-replanned] being re-planned
}
track-schedule-explanation = { $schedule ->
    [not-planned] This cargo has not been booked on a ship yet. Its route will appear here once it has.
    [on-schedule] {""}
    [delayed] Your cargo will arrive later than agreed.
    [awaiting-report] The next step should have happened by now, but nobody has reported it yet.
   *[being-replanned] Your cargo cannot travel as planned. We are looking for another route and will show it here.
}
