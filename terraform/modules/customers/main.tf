# Reads and judges the one list of customers. It makes nothing; the JSON schema beside the environments says the same to
# editors and to scripts (terraform/customers.schema.json).

locals {
  listed = try(jsondecode(file(var.file)).customers, {})

  customers = {
    for name, customer in local.listed : name => {
      host     = try(tostring(customer.host), "")
      max_pods = try(tonumber(customer.max_pods), 6)
    }
  }

  bad_names = [for name in keys(local.listed) : name if !can(regex("^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$", name))]

  unknown = flatten([
    for name, customer in local.listed : [for key in try(keys(customer), ["(not an object)"]) : "${name}.${key}" if !contains(["host", "max_pods"], key)]
  ])

  bad_hosts = [
    for name, customer in local.customers : "${name} (${customer.host == "" ? "no host" : customer.host})"
    if !can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", customer.host)) || length(customer.host) > 62
  ]

  foreign = [for name, customer in local.customers : "${name} (${customer.host})" if !endswith(customer.host, ".${var.zone_name}")]

  shared_hosts = [for name, customer in local.customers : name if length([for other in local.customers : other if other.host == customer.host]) > 1]

  bad_pods = [for name, customer in local.customers : name if try(customer.max_pods < 3 || customer.max_pods > 100 || floor(customer.max_pods) != customer.max_pods, true)]
}
