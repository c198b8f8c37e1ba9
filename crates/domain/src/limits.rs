//! Every limit on a text, a number or a collection, in one place.

/// The longest name of a customer, location or vessel, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3, without the angle
/// brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// The longest commodity description, in characters.
pub const COMMODITY_CHARS_MAX: usize = 200;
/// The longest reference of a customer for its cargo, in characters.
pub const REFERENCE_CHARS_MAX: usize = 100;
/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// The longest voyage number, in characters.
pub const VOYAGE_NUMBER_CHARS_MAX: usize = 20;
/// The longest user name, in characters.
pub const USER_NAME_CHARS_MAX: usize = 64;
/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// How many guesses a new password must take, as zxcvbn estimates. Sign-in attempts are limited to far
/// fewer.
pub const PASSWORD_GUESSES_MIN: u64 = 1_000_000;
/// How long a person stays signed in, in hours: a working day.
pub const SESSION_HOURS: i64 = 12;
/// How long a link to set a password works, in hours.
pub const PASSWORD_LINK_HOURS: i64 = 24;
/// The longest label of an API token, in characters.
pub const TOKEN_LABEL_CHARS_MAX: usize = 100;
/// The longest IANA time zone name, in characters.
pub const TIME_ZONE_CHARS_MAX: usize = 64;
/// The longest name of a consumer, in characters.
pub const CONSUMER_NAME_CHARS_MAX: usize = 64;
/// The longest description of a consumer, in characters.
pub const CONSUMER_DESCRIPTION_CHARS_MAX: usize = 200;
/// The longest error that a reader of the log reports, in characters.
pub const REPORTED_ERROR_CHARS_MAX: usize = 500;
/// The maximum number of registered consumers of one user.
pub const CONSUMERS_EACH_MAX: u64 = 20;
/// The maximum number of registered consumers of all users together.
pub const CONSUMERS_MAX: u64 = 200;
/// The longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// The maximum number of carrier movements of a voyage.
pub const MOVEMENTS_MAX: u64 = 60;
/// The maximum number of calls of a voyage: the first port, and the end of each movement.
pub const CALLS_MAX: u16 = MOVEMENTS_MAX as u16 + 1;
/// The longest time that a ship spends between two ports or in one, in days. A longer time is a
/// mistyped year.
pub const MOVEMENT_DAYS_MAX: i64 = 366;
/// How far into the past a departure can be moved without a report, in hours.
pub const BACKDATING_HOURS_MAX: i64 = 24;
/// How far a reporter's clock may be ahead of the server's, in minutes.
pub const CLOCK_TOLERANCE_MINUTES: i64 = 5;
/// The maximum number of legs of an itinerary.
pub const LEGS_MAX: u64 = 10;
/// The maximum number of later sailings that a search adds for each number of transhipments.
pub const ALTERNATIVES_MAX: u64 = 5;
/// The shortest time between an arrival and the departure of the next leg, in hours.
pub const CONNECTION_HOURS_MIN: i64 = 6;
/// How long after the arrival of its ship a cargo is due to be unloaded, in hours.
pub const UNLOADING_HOURS: i64 = 12;
/// How long after the arrival of its ship at the destination a cargo is due to be claimed, in hours.
pub const CLAIMING_HOURS: i64 = 5 * 24;
/// How long after its expected departure a ship counts as gone without a report, in hours. A cargo
/// that was to be loaded is then left behind.
pub const PRESUMED_GONE_HOURS: i64 = 6;
/// How long before its departure a ship may load without the report being doubted, in hours.
pub const LOADING_HOURS_MAX: i64 = 48;
/// The maximum number of handling events of a cargo that have not been retracted.
pub const HANDLING_EVENTS_PER_CARGO_MAX: usize = 200;
/// The maximum number of equipment lines of a cargo.
pub const EQUIPMENT_LINES_MAX: u64 = 40;
/// The maximum number of containers on an equipment line.
pub const EQUIPMENT_COUNT_MAX: u32 = 10_000;
/// The maximum number of containers with a number on a cargo.
pub const CONTAINERS_MAX: u64 = 500;
/// The maximum number of dangerous goods of a cargo.
pub const DANGEROUS_GOODS_MAX: u64 = 20;
/// The maximum number of classes of dangerous goods that a voyage takes: all of them.
pub const DANGEROUS_GOODS_CLASSES_MAX: u64 = 20;
/// The lowest temperature set point, in tenths of a degree Celsius.
pub const SET_POINT_TENTHS_MIN: i16 = -600;
/// The highest temperature set point, in tenths of a degree Celsius.
pub const SET_POINT_TENTHS_MAX: i16 = 300;
/// The longest seal, in characters.
pub const SEAL_CHARS_MAX: usize = 30;
/// How often a cargo can be split.
pub const SPLITS_MAX: usize = 100;
/// The maximum number of other names of a location.
pub const ALIASES_MAX: u64 = 50;
/// The maximum number of locations added by one operation.
pub const LOCATIONS_PER_OPERATION_MAX: u64 = 500;

/// The largest capacity of a voyage, in TEU. The largest ships afloat carry less than 25,000.
pub const CAPACITY_TEU_MAX: u32 = 50_000;
/// The largest capacity of a voyage, in tonnes.
pub const CAPACITY_TONNES_MAX: u64 = 1_000_000;
/// The largest number of reefer plugs of a vessel or voyage. The ships with the most have about 3,000.
pub const CAPACITY_PLUGS_MAX: u32 = 10_000;
/// The largest overbooking allowance, in percent of the capacity.
pub const OVERBOOKING_PERCENT_MAX: u8 = 100;
/// The longest time between a cut-off and its departure, in hours (30 days).
pub const CUT_OFF_HOURS_MAX: u16 = 720;
/// The maximum weight of a container with its goods, in kilograms (ISO 668, amendment of 2016).
pub const CONTAINER_GROSS_WEIGHT_KG_MAX: u64 = 36_000;
/// The maximum weight of a cargo, in kilograms.
pub const GROSS_WEIGHT_KG_MAX: u64 = 1_000_000_000;

/// The longest facet of a list, with its value, in characters.
pub const FACET_CHARS_MAX: usize = 64;
/// The longest place in a list, in characters.
pub const PLACE_CHARS_MAX: usize = 64;

/// The first valid year of a time.
pub const YEAR_MIN: i32 = 1970;
/// The last valid year of a time.
pub const YEAR_MAX: i32 = 2199;

/// How many refusals of one caller are kept one by one on a day. Further ones are only counted.
pub const REFUSALS_KEPT_A_DAY: u64 = 1_000;
/// The largest input that is kept of a call that the policy refused, in bytes.
pub const FORBIDDEN_INPUT_BYTES_MAX: usize = 1 << 10;
/// The largest input that is kept of any other refusal, in bytes.
pub const REFUSED_INPUT_BYTES_MAX: usize = 4 << 10;
/// How much is kept of the beginning of a larger input, in bytes.
pub const INPUT_BEGINNING_BYTES: usize = 1 << 10;

/// The largest position of the log, which is also the largest whole number of the databases.
pub const POSITION_MAX: u64 = i64::MAX as u64;
