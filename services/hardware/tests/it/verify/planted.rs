//! Each kind of violation, planted past the schema's own checks: it is found, and its rows are named, in the same words
//! on both databases.

use super::scene::found;
use crate::harness::on_both;

macro_rules! finds {
    ($($name:ident: $sql:literal => [$($line:literal),+ $(,)?];)+) => {
        on_both! {$(
            async fn $name(app) {
                found(&app, $sql, &[$($line),+]).await;
            }
        )+}
    };
}

finds! {
    a_claim_that_ends_before_it_begins_is_found:
        "UPDATE claim SET ends_at = starts_at WHERE id = 7"
        => [
            "I2: claim 7 of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z: it ends at 2026-06-11T20:00:00Z, which is not after its start",
            "I3: task 1: claim 7 is of 1 units of hardware 2 from 2026-06-11T20:00:00Z to 2026-06-11T20:00:00Z, the maintenance of 1 units of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z",
        ];
    a_claim_whose_block_ends_before_it_is_found:
        "UPDATE claim SET blocked_until = ends_at - 1 WHERE id = 8"
        => [
            "I2: claim 8 of hardware 2 from 2026-06-11T21:00:00Z to 2026-06-11T21:59:59Z: it ends at 2026-06-11T22:00:00Z, which is after its block",
        ];
    a_claim_of_no_units_is_found:
        "UPDATE claim SET qty = 0 WHERE id = 1"
        => [
            "I2: claim 1 of hardware 1 from 2026-06-11T13:00:00Z to 2026-06-11T14:10:00Z: it takes 0 units",
            "I3: reservation 1 is confirmed, hardware 1: claim 1 takes 0 units of 1",
        ];
    a_claim_in_too_short_a_class_is_found:
        "UPDATE claim SET span = 0 WHERE id = 7; UPDATE claim SET span = 28 WHERE id = 8"
        => [
            "I2: claim 7 of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z: it is longer than its class, span 0, allows",
            "I2: claim 8 of hardware 2 from 2026-06-11T21:00:00Z to 2026-06-11T22:00:00Z: it is longer than its class, span 28, allows",
        ];
    a_reservation_that_ends_before_it_begins_is_found:
        "UPDATE reservation SET ends_at = starts_at - 60 WHERE id = 4; UPDATE reservation_line SET ends_at = starts_at - 60 WHERE reservation_id = 4"
        => [
            "I2: reservation 4 from 2026-06-11T12:30:00Z to 2026-06-11T12:29:00Z: it ends before it begins",
        ];

    a_claim_beyond_the_end_of_archived_hardware_is_found:
        "UPDATE hardware SET archived_id = id, updated_at = 1781208000 WHERE id = 2"
        => [
            "I1: hardware 2 was archived at 2026-06-11T20:00:00Z: claim 8 from 2026-06-11T21:00:00Z to 2026-06-11T22:00:00Z reaches beyond it",
            "I1: hardware 2 was archived at 2026-06-11T20:00:00Z: claim 7 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z reaches beyond it",
        ];

    a_claim_of_nobody_is_found:
        "UPDATE claim SET task_id = NULL WHERE id = 8"
        => [
            "I3: claim 8 of hardware 2 from 2026-06-11T21:00:00Z to 2026-06-11T22:00:00Z: it belongs to no reservation and to no task",
            "I3: task 3: it is open maintenance, and has no claim",
        ];
    a_claim_with_two_owners_is_found:
        "UPDATE claim SET task_id = 2 WHERE id = 1"
        => [
            "I3: claim 1 of hardware 1 from 2026-06-11T13:00:00Z to 2026-06-11T14:10:00Z: it belongs to reservation 1 and to task 2",
            "I3: task 2: it takes nothing out of service, and has claim 1",
        ];
    a_claim_of_a_reservation_that_does_not_exist_is_found:
        "UPDATE claim SET reservation_id = 99 WHERE id = 4"
        => [
            "I3: claim 4 of hardware 2 from 2026-06-11T12:00:00Z to 2026-06-11T12:00:01Z: reservation 99 does not exist",
            "I3: reservation 3 is returned, hardware 2: 1 units came back, but their claims are of 0: no claim",
        ];
    a_claim_of_a_task_that_does_not_exist_is_found:
        "UPDATE claim SET task_id = 99 WHERE id = 7"
        => [
            "I3: claim 7 of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z: task 99 does not exist",
            "I3: task 1: it is open maintenance, and has no claim",
        ];
    a_claim_of_hardware_that_does_not_exist_is_found:
        "UPDATE claim SET hardware_id = 99 WHERE id = 7"
        => [
            "I3: claim 7 of hardware 99 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z: the hardware does not exist",
            "I3: task 1: claim 7 is of 1 units of hardware 99 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z, the maintenance of 1 units of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z",
        ];
    a_claim_of_hardware_that_is_not_among_the_lines_is_found:
        "UPDATE claim SET hardware_id = 2 WHERE id = 1"
        => [
            "I3: claim 1 of hardware 2 from 2026-06-11T13:00:00Z to 2026-06-11T14:10:00Z: reservation 1 has no line of this hardware",
            "I3: reservation 1 is confirmed, hardware 1: it must have one claim of 1 units, and has no claim",
        ];
    a_claim_out_of_what_is_not_out_is_found:
        "UPDATE claim SET is_out = 1 WHERE id IN (1, 7)"
        => [
            "I3: claim 1 of hardware 1 from 2026-06-11T13:00:00Z to 2026-06-11T14:10:00Z: it is handed out, but reservation 1 is confirmed",
            "I3: claim 7 of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z: task 1 holds it as handed out",
        ];

    a_confirmed_line_without_its_claim_is_found:
        "DELETE FROM claim WHERE id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: it must have one claim of 1 units, and has no claim",
        ];
    a_confirmed_line_with_two_claims_is_found:
        "INSERT INTO claim (hardware_id, reservation_id, starts_at, ends_at, blocked_until, qty, forced) SELECT hardware_id, reservation_id, starts_at, ends_at, blocked_until, qty, 1 FROM claim WHERE id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: it must have one claim of 1 units, and has claim 1, claim 12",
        ];
    a_claim_of_other_units_than_its_line_is_found:
        "UPDATE reservation_line SET qty = 2 WHERE reservation_id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: claim 1 takes 1 units of 2",
        ];
    a_claim_at_another_time_than_its_reservation_is_found:
        "UPDATE claim SET starts_at = starts_at - 60 WHERE id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: claim 1 is from 2026-06-11T12:59:00Z to 2026-06-11T14:00:00Z, the reservation from 2026-06-11T13:00:00Z to 2026-06-11T14:00:00Z",
        ];
    a_line_at_another_time_than_its_reservation_is_found:
        "UPDATE reservation_line SET ends_at = ends_at + 60 WHERE reservation_id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: its line is from 2026-06-11T13:00:00Z to 2026-06-11T14:01:00Z, the reservation from 2026-06-11T13:00:00Z to 2026-06-11T14:00:00Z",
        ];
    a_confirmed_line_with_units_out_is_found:
        "UPDATE reservation_line SET out_qty = 1 WHERE reservation_id = 1"
        => [
            "I3: reservation 1 is confirmed, hardware 1: of 1 units 1 are out and 0 returned",
        ];
    units_out_without_a_claim_are_found:
        "DELETE FROM claim WHERE id = 2"
        => [
            "I3: reservation 2 is out, hardware 2: 3 units are out, held by no claim",
        ];
    a_claim_of_other_units_than_are_out_is_found:
        "UPDATE claim SET qty = 2 WHERE id = 2"
        => [
            "I3: reservation 2 is out, hardware 2: claim 2 holds 2 units, 3 are out",
        ];
    a_claim_out_until_another_time_is_found:
        "UPDATE claim SET ends_at = ends_at - 60 WHERE id = 2"
        => [
            "I3: reservation 2 is out, hardware 2: claim 2 is from 2026-06-11T12:00:00Z to 2026-06-11T13:59:00Z, the reservation from 2026-06-11T12:30:00Z to 2026-06-11T14:00:00Z",
        ];
    units_back_without_a_claim_are_found:
        "DELETE FROM claim WHERE id = 3"
        => [
            "I3: reservation 2 is out, hardware 2: 1 units came back, but their claims are of 0: no claim",
        ];
    units_that_do_not_add_up_are_found:
        "UPDATE reservation_line SET qty = 5 WHERE reservation_id = 2"
        => [
            "I3: reservation 2 is out, hardware 2: of 5 units 3 are out and 1 returned",
        ];
    a_reservation_out_of_which_nothing_is_is_found:
        "UPDATE reservation SET state = 'out' WHERE id = 3"
        => [
            "I3: reservation 3 is out: nothing of it is",
        ];
    a_returned_line_without_its_claim_is_found:
        "DELETE FROM claim WHERE id = 4"
        => [
            "I3: reservation 3 is returned, hardware 2: 1 units came back, but their claims are of 0: no claim",
        ];
    a_cancelled_reservation_with_a_claim_is_found:
        "UPDATE reservation SET state = 'cancelled' WHERE id = 1"
        => [
            "I3: reservation 1 is cancelled, hardware 1: it still has claim 1",
            "I4: reservation/1 is cancelled, but the last event of the audit log that changed its state is reservation.created",
        ];
    a_reservation_without_a_line_is_found:
        "DELETE FROM reservation_line WHERE reservation_id = 4"
        => [
            "I3: reservation 4 is cancelled: it has no line",
        ];
    a_line_without_a_reservation_is_found:
        "DELETE FROM reservation WHERE id IN (4, 5)"
        => [
            "I3: reservation 4 does not exist, but has a line of hardware 2",
            "I3: reservation 5 does not exist, but has a line of hardware 2",
        ];
    a_state_that_is_none_is_found:
        "UPDATE reservation SET state = 'lent' WHERE id = 5"
        => [
            "I3: reservation 5: \"lent\" is no state",
        ];

    maintenance_without_its_claim_is_found:
        "DELETE FROM claim WHERE id = 7"
        => [
            "I3: task 1: it is open maintenance, and has no claim",
        ];
    maintenance_with_two_claims_is_found:
        "UPDATE claim SET task_id = 3 WHERE id = 7"
        => [
            "I3: task 1: it is open maintenance, and has no claim",
            "I3: task 3: it is open maintenance, and has claim 7, claim 8",
        ];
    maintenance_with_a_claim_of_other_units_or_time_is_found:
        "UPDATE claim SET qty = 2 WHERE id = 7; UPDATE claim SET starts_at = starts_at - 60 WHERE id = 8"
        => [
            "I2: claim 8 of hardware 2 from 2026-06-11T20:59:00Z to 2026-06-11T22:00:00Z: it is longer than its class, span 0, allows",
            "I3: task 1: claim 7 is of 2 units of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z, the maintenance of 1 units of hardware 2 from 2026-06-11T20:00:00Z to 9999-12-31T00:00:00Z",
            "I3: task 3: claim 8 is of 1 units of hardware 2 from 2026-06-11T20:59:00Z to 2026-06-11T22:00:00Z, the maintenance of 1 units of hardware 2 from 2026-06-11T21:00:00Z to 2026-06-11T22:00:00Z",
        ];
    maintenance_that_does_not_stay_open_is_found:
        "UPDATE claim SET blocked_until = blocked_until + 60 WHERE id = 7"
        => [
            "I3: task 1: claim 7 is open, and blocked until 9999-12-31T00:01:00Z",
        ];
    a_done_task_and_a_to_do_with_a_claim_are_found:
        "UPDATE task SET done = 1 WHERE id = 1; UPDATE claim SET task_id = 2 WHERE id = 8"
        => [
            "I3: task 1: it takes nothing out of service, and has claim 7",
            "I3: task 2: it takes nothing out of service, and has claim 8",
            "I3: task 3: it is open maintenance, and has no claim",
        ];

    a_reservation_that_the_audit_log_does_not_know_is_found:
        "DELETE FROM event WHERE subject = 'reservation/1'"
        => [
            "I4: reservation/1: the audit log has 0 events reservation.created, not one",
            "I4: reservation/1 is confirmed, but the last event of the audit log that changed its state is none",
        ];
    a_change_that_was_not_told_is_found:
        "UPDATE reservation SET version = version + 1 WHERE id = 1; UPDATE task SET version = 3 WHERE id = 2"
        => [
            "I4: reservation/1: its version is 2, but the audit log tells of 0 changes since it was created",
            "I4: task/2: its version is 3, but the audit log tells of 0 changes since it was created",
        ];
    a_state_that_was_not_told_is_found:
        "UPDATE reservation SET state = 'no_show' WHERE id = 4"
        => [
            "I4: reservation/4 is no_show, but the last event of the audit log that changed its state is reservation.cancelled",
        ];
    a_task_that_was_deleted_and_is_there_is_found:
        "UPDATE event SET kind = 'task.deleted' WHERE subject = 'task/2'"
        => [
            "I4: task/2: the audit log has 0 events task.created, not one",
            "I4: task/2: its version is 1, but the audit log tells of 1 changes since it was created",
            "I4: task/2 is there, but the audit log tells that it was deleted",
        ];
    a_key_of_a_reservation_that_does_not_exist_is_found:
        "UPDATE idempotency_key SET reservation_id = 99"
        => [
            "key: \"k1\" of \"anonymous\": reservation 99 does not exist",
        ];
    a_key_of_a_task_that_does_not_exist_and_was_not_deleted_is_found:
        "UPDATE idempotency_key SET reservation_id = NULL, task_id = 99"
        => [
            "key: \"k1\" of \"anonymous\": task 99 does not exist, and was not deleted",
        ];
    a_key_of_nothing_is_found:
        "UPDATE idempotency_key SET reservation_id = NULL"
        => [
            "key: \"k1\" of \"anonymous\": it stands for nothing",
        ];
    a_reservation_of_a_series_that_does_not_exist_is_found:
        "UPDATE reservation SET series_id = 9 WHERE id = 1"
        => [
            "series: reservation 1 is in series 9, which does not exist",
        ];
    a_series_that_cannot_be_is_found:
        "UPDATE series SET zone = 'Mars/Olympus', every = 'month', wanted = 0 WHERE id = 1"
        => [
            "series: series 1: \"Mars/Olympus\" is no time zone",
            "series: series 1: \"month\" is neither day nor week",
            "series: series 1: it is of 0 occurrences",
            "series: series 1: it has 3 reservations of 0 occurrences",
        ];
    a_series_with_more_members_than_were_wanted_is_found:
        "UPDATE reservation SET series_id = 1 WHERE id = 1"
        => [
            "series: series 1: it has 4 reservations of 3 occurrences",
        ];
    a_series_that_was_not_told_is_found:
        "DELETE FROM event WHERE subject = 'series/1'"
        => [
            "I4: series/1: the audit log has 0 events series.created, not one",
        ];
}
