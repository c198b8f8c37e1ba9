//! The pages in a browser. One test at a time has it: see [`browser::TURN`].

mod accessibility;
mod acts;
mod amendments;
mod broken_legs;
mod browser;
mod consumers;
mod corrections;
mod customers;
mod erasure;
mod every_form;
mod histories;
mod live;
mod looks;
mod paper;
mod pickers;
mod planner;
mod ports;
mod proxy;
mod quay;
mod rolling;
mod sailings;
mod special_cargo;
mod users;
mod vessels;
