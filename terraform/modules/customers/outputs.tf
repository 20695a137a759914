output "customers" {
  description = "Host and `max_pods` by customer."
  value       = local.customers

  precondition {
    condition     = length(local.bad_names) == 0
    error_message = "${var.file}: ${join(", ", local.bad_names)}: a name has 1 to 22 small letters, digits and hyphens and begins with a letter."
  }

  precondition {
    condition     = length(local.unknown) == 0
    error_message = "${var.file}: ${join(", ", local.unknown)}: not known here; a customer has `host` and, where it needs more or less than 6, `max_pods`."
  }

  precondition {
    condition     = length(local.bad_hosts) == 0
    error_message = "${var.file}: ${join(", ", local.bad_hosts)}: `host` is a name in small letters, 62 characters at most, such as customer-a.${var.zone_name}."
  }

  precondition {
    condition     = length(local.bad_hosts) > 0 || length(local.foreign) == 0
    error_message = "${var.file}: ${join(", ", local.foreign)}: not below the zone ${var.zone_name} of this environment, so nobody could prove its certificate."
  }

  precondition {
    condition     = length(local.bad_hosts) > 0 || length(local.shared_hosts) == 0
    error_message = "${var.file}: ${join(", ", local.shared_hosts)}: have the same host."
  }

  precondition {
    condition     = length(local.bad_pods) == 0
    error_message = "${var.file}: ${join(", ", local.bad_pods)}: `max_pods` is a whole number from 3 to 100: two pods, and a rollout's third."
  }
}

output "hosts" {
  description = "Host by customer."
  value       = { for name, customer in local.customers : name => customer.host }
}

output "connections_needed" {
  description = "Connections that all pods of all customers open at most together."
  value       = sum(concat([0], [for customer in local.customers : customer.max_pods * var.connections_per_pod]))
}
