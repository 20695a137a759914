# What the list of customers may hold, and what is refused.

variables {
  file      = "tests/lists/good.json"
  zone_name = "parcellab.com"
}

run "good_values_pass" {
  command = plan

  assert {
    condition     = output.customers["a"].max_pods == 6 && output.customers["acme-labs"].max_pods == 3
    error_message = "max_pods is not what the file says, or not 6 where it says nothing"
  }

  assert {
    condition     = output.connections_needed == 9 * 12
    error_message = "connections are not pods times what a pod opens"
  }

  assert {
    condition     = output.hosts == { a = "customer-a.parcellab.com", acme-labs = "tools.acme.parcellab.com" }
    error_message = "the hosts are others"
  }
}

run "refuses_a_file_that_is_not_there" {
  command = plan

  variables {
    file = "tests/lists/missing.json"
  }

  expect_failures = [var.file]
}

run "refuses_a_list_without_names" {
  command = plan

  variables {
    file = "tests/lists/a-list.json"
  }

  expect_failures = [var.file]
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    file = "tests/lists/bad-name.json"
  }

  expect_failures = [output.customers]
}

run "refuses_a_misspelt_key" {
  command = plan

  variables {
    file = "tests/lists/unknown-key.json"
  }

  expect_failures = [output.customers]
}

run "refuses_a_customer_without_a_host" {
  command = plan

  variables {
    file = "tests/lists/no-host.json"
  }

  expect_failures = [output.customers]
}

run "refuses_a_host_of_another_zone" {
  command = plan

  variables {
    file = "tests/lists/foreign-host.json"
  }

  expect_failures = [output.customers]
}

run "refuses_one_host_for_two" {
  command = plan

  variables {
    file = "tests/lists/shared-host.json"
  }

  expect_failures = [output.customers]
}

run "refuses_a_single_pod" {
  command = plan

  variables {
    file = "tests/lists/bad-pods.json"
  }

  expect_failures = [output.customers]
}

run "refuses_a_zone_with_a_dot_at_the_end" {
  command = plan

  variables {
    zone_name = "parcellab.com."
  }

  expect_failures = [var.zone_name]
}

run "refuses_a_pod_without_connections" {
  command = plan

  variables {
    connections_per_pod = 1
  }

  expect_failures = [var.connections_per_pod]
}
