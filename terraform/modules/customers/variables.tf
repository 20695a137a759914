variable "file" {
  description = "Path of `customers.json`."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.file)
    error_message = "file: there is no ${var.file}."
  }

  validation {
    condition     = !fileexists(var.file) || can(keys(jsondecode(file(var.file)).customers))
    error_message = "file: ${var.file} is not JSON with an object `customers`, such as {\"customers\": {\"a\": {\"host\": \"customer-a.parcellab.com\"}}}."
  }
}

variable "zone_name" {
  description = "DNS zone of the environment; every host is directly in it or below it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "zone_name: a name such as parcellab.com."
  }
}

variable "connections_per_pod" {
  description = "Connections that one pod of `hardware` opens at most: `database.max_connections` to read with, and as many to write with; what `k8s/base/hardware` sets."
  type        = number
  default     = 12
  nullable    = false

  validation {
    condition     = var.connections_per_pod >= 2 && floor(var.connections_per_pod) == var.connections_per_pod
    error_message = "connections_per_pod: a whole number, 2 or more."
  }
}
