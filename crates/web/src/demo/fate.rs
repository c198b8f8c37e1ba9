//! What becomes of the cargoes of the sample world.

/// What is in store for a cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes as planned, as far as its voyages do.
    Carried,
    /// It waits to be booked, and is withdrawn after some days.
    Waits,
    /// It was brought to the port before anybody booked it.
    BroughtEarly,
    /// The carrier turns it down.
    TurnedDown,
    /// The customer withdraws it after it was booked.
    Withdrawn,
    /// It is rolled to the next sailing.
    Rolled,
    /// It is reported at another port by mistake, which is taken back.
    Misreported,
    /// It is unloaded at a wrong port, and nobody has done anything about it yet.
    UnloadedElsewhere,
    /// The same, and a clerk sends it on from there.
    SentOn,
    /// It is loaded for a wrong voyage.
    WrongVoyage,
    /// Its customer wants it elsewhere, and no way there has been booked yet.
    Diverted,
    /// The same, and it is given an itinerary that leads there.
    Redirected,
}

impl Fate {
    /// By a cargo's number: in each hundred, the same share of trouble.
    pub(super) const fn of(index: usize) -> Self {
        if index % 100 == 34 {
            return Self::Diverted;
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
            31 => Self::WrongVoyage,
            34 | 48 => Self::Redirected,
            _ => Self::Carried,
        }
    }

    /// How much time is left between its arrival and its deadline, in hours: least and most.
    pub(super) const fn slack_hours(self, index: usize) -> (i64, i64) {
        match self {
            Self::Rolled | Self::Diverted | Self::Redirected | Self::SentOn => (500, 900),
            _ if index.is_multiple_of(7) => (4, 30),
            _ => (60, 500),
        }
    }
}

/// What happens next to a cargo.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Book,
    Accept,
    Confirm,
    Reject,
    Cancel,
    /// A leg goes to the next sailing of its service.
    Roll(usize),
    Divert,
    Redirect,
    /// The report of what was done last is taken back.
    Retract,
    /// It goes on from where it was unloaded by mistake.
    SendOn,
    /// Something is done with it.
    Handle(Handling),
}

/// What is done with a cargo, by the leg it is done for.
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
