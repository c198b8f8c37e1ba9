//! What the tests share.

pub mod browser;
pub mod checker;
pub mod described;
pub mod mariadb;
pub mod proxy;
pub mod recorder;
pub mod server;
pub mod stage;
pub mod world;
