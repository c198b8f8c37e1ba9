//! What the tests share.

pub mod browser;
pub mod checker;
pub mod consumers;
pub mod described;
pub mod inputs;
pub mod load;
pub mod mariadb;
pub mod nginx;
pub mod proxy;
pub mod recorder;
pub mod server;
pub mod stage;
pub mod traffic;
pub mod trials;
pub mod world;
