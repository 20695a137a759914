mod errors;
mod hardware_change;
mod hardware_create;
mod hardware_import;
mod hardware_list;
mod hardware_list_paging;
mod hardware_list_window;
mod stack;
