//! One file a noun and a verb.

mod availability;
mod diagnostics;
mod errors;
mod events;
mod hardware_change;
mod hardware_create;
mod hardware_import;
mod hardware_list;
mod hardware_list_fleet;
mod hardware_list_paging;
mod hardware_list_window;
mod reservation_actions;
mod reservation_change;
mod reservation_create;
mod reservation_keys;
mod reservation_list;
mod reservation_overdue;
mod series_cancel;
mod series_change;
mod series_create;
mod series_limits;
mod series_race;
mod series_rule;
mod stack;
mod task_keys;
mod tasks;
