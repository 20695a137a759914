-- One hardware's claims by length class: what overlaps a window is a short range of each class, however many claims lie
-- in the past and in the future. And by their starts: the search for a free time reads on in this order, and stops at
-- the first gap.
ALTER TABLE claim
    ADD INDEX claim_item (hardware_id, span, starts_at, blocked_until, qty),
    ADD INDEX claim_start (hardware_id, starts_at, blocked_until, qty);
