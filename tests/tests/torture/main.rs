//! Bookings can never collide.
