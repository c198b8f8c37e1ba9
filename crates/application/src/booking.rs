//! Booking: operations and views.

mod book_onto_voyage;
mod cancel_cargo;
mod create_cargo;
mod known;
mod release_cargo;
mod views;

pub use book_onto_voyage::BookOntoVoyage;
pub use cancel_cargo::CancelCargo;
pub use create_cargo::CreateCargo;
pub use release_cargo::ReleaseCargo;
pub use views::{CargoView, DeliveryView};

crate::catalogue::operations![CreateCargo, BookOntoVoyage, ReleaseCargo, CancelCargo];
