//! The fates of the sample world's cargoes.

/// The fate of a cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// As planned, as far as its voyages are.
    Carried,
    /// It waits to be booked and is cancelled after some days.
    Waits,
    /// It is received at the port before it is booked.
    BroughtEarly,
    /// The carrier rejects it.
    TurnedDown,
    /// The customer cancels it after it was booked.
    Withdrawn,
    /// It is rolled to the next sailing.
    Rolled,
    /// It is reported at another port by mistake, and the report is retracted.
    Misreported,
    /// It is unloaded at a wrong port, and nobody has dealt with it yet.
    UnloadedElsewhere,
    /// It is unloaded at a wrong port, and a clerk reroutes it from there.
    SentOn,
    /// It is loaded onto a wrong voyage.
    WrongVoyage,
    /// Its customer changes the destination, and it has no new itinerary yet.
    Diverted,
    /// Its customer changes the destination, and it gets a new itinerary.
    Redirected,
    /// Its ship leaves without it.
    LeftBehind,
    /// Its ship leaves without one of its containers.
    BoxLeft,
    /// One of its containers becomes a cargo of its own.
    Split,
}

impl Fate {
    /// The fate by the cargo's number. Each hundred cargoes have the same share of trouble.
    pub(super) const fn of(index: usize) -> Self {
        match index % 100 {
            1 => return Self::LeftBehind,
            34 => return Self::Diverted,
            51 => return Self::BoxLeft,
            _ => {}
        }
        match index % 50 {
            3 | 28 => Self::Waits,
            6 => Self::BroughtEarly,
            9 => Self::TurnedDown,
            12 | 37 => Self::Withdrawn,
            15 | 40 => Self::Rolled,
            18 | 43 => Self::Misreported,
            21 => Self::UnloadedElsewhere,
            24 | 46 => Self::SentOn,
            26 => Self::Split,
            31 => Self::WrongVoyage,
            34 | 48 => Self::Redirected,
            _ => Self::Carried,
        }
    }

    /// The minimum and maximum time between its arrival and its deadline, in hours.
    pub(super) const fn slack_hours(self, index: usize) -> (i64, i64) {
        match self {
            Self::Rolled
            | Self::Diverted
            | Self::Redirected
            | Self::SentOn
            | Self::LeftBehind
            | Self::BoxLeft
            | Self::Split => (500, 900),
            _ if index.is_multiple_of(7) => (4, 30),
            _ => (60, 500),
        }
    }
}

/// The next event of a cargo.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Book,
    Accept,
    Confirm,
    Reject,
    Cancel,
    /// A leg is rolled to the next sailing of its service.
    Roll(usize),
    /// Its containers get their numbers.
    AssignContainers,
    Split,
    Divert,
    Redirect,
    /// The last report is retracted.
    Retract,
    /// It is rerouted from where it was unloaded by mistake.
    SendOn,
    /// It is handled.
    Handle(Handling),
}

/// A handling of a cargo, with the leg it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Handling {
    Receive,
    ReceiveElsewhere,
    Load(usize),
    LoadElsewhere,
    Unload(usize),
    UnloadElsewhere(usize),
    Customs,
    Claim,
}
