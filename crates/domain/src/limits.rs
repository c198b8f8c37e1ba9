//! Every limit on a text, a number or a collection, in one place.

/// Longest name of a customer, location or vessel, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Longest commodity description, in characters.
pub const COMMODITY_CHARS_MAX: usize = 200;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// Longest voyage number, in characters.
pub const VOYAGE_NUMBER_CHARS_MAX: usize = 20;
/// Longest user name, in characters.
pub const USER_NAME_CHARS_MAX: usize = 64;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// How long a person stays signed in, in hours: a working day.
pub const SESSION_HOURS: i64 = 12;
/// Longest label of an API token, in characters.
pub const TOKEN_LABEL_CHARS_MAX: usize = 100;
/// Longest IANA time zone name, in characters.
pub const TIME_ZONE_CHARS_MAX: usize = 64;
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// Most carrier movements of one voyage.
pub const MOVEMENTS_MAX: u64 = 60;
/// The longest that a ship is between two ports, or in one, in days. Longer is a slip of the year.
pub const MOVEMENT_DAYS_MAX: i64 = 366;
/// How far a departure can be moved into the past without a report of it, in hours.
pub const BACKDATING_HOURS_MAX: i64 = 24;
/// Most legs of one itinerary.
pub const LEGS_MAX: u64 = 10;
/// Shortest time between an arrival and the departure of the next leg, in hours.
pub const CONNECTION_HOURS_MIN: i64 = 6;
/// Most handling events that stand for one cargo.
pub const HANDLING_EVENTS_PER_CARGO_MAX: usize = 200;
/// Most equipment lines of one cargo.
pub const EQUIPMENT_LINES_MAX: u64 = 40;
/// Most containers on one equipment line.
pub const EQUIPMENT_COUNT_MAX: u32 = 10_000;
/// Most other names of one location.
pub const ALIASES_MAX: u64 = 50;
/// Most locations added by one operation.
pub const LOCATIONS_PER_OPERATION_MAX: u64 = 500;

/// Largest capacity of a voyage, in TEU; the largest ships afloat carry under 25,000.
pub const CAPACITY_TEU_MAX: u32 = 50_000;
/// Largest capacity of a voyage, in tonnes.
pub const CAPACITY_TONNES_MAX: u64 = 1_000_000;
/// Largest overbooking allowance, in percent of the capacity.
pub const OVERBOOKING_PERCENT_MAX: u8 = 100;
/// Longest time between a cut-off and the departure it belongs to, in hours (30 days).
pub const CUT_OFF_HOURS_MAX: u16 = 720;
/// Heaviest container with its goods, in kilograms (ISO 668, amendment of 2016).
pub const CONTAINER_GROSS_WEIGHT_KG_MAX: u64 = 36_000;
/// Heaviest cargo, in kilograms.
pub const GROSS_WEIGHT_KG_MAX: u64 = 1_000_000_000;

/// First year a time may lie in.
pub const YEAR_MIN: i32 = 1970;
/// Last year a time may lie in.
pub const YEAR_MAX: i32 = 2199;
