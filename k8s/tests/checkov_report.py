"""Says in one line what checkov found: checkov_report.py RESULT.json. What failed is told in full; a skip needs a reason."""

import json
import sys
from pathlib import Path


def main(path: str) -> int:
    try:
        found = json.loads(Path(path).read_text())
        results, summary = found["results"], found["summary"]
    except (ValueError, KeyError, TypeError) as error:
        print(f"FAILED: checkov left no result: {error}")
        print("checkov: 0 passed, 1 failed")
        return 1
    for check in results["failed_checks"]:
        print(f"FAILED: {check['check_id']} {check['check_name']}: {check['resource']} in {Path(check['file_path']).name}")
    unreasoned = [check for check in results.get("skipped_checks", []) if len(check["check_result"].get("suppress_comment") or "") < 10]
    for check in unreasoned:
        print(f"FAILED: {check['check_id']} is skipped without a reason: {check['resource']}")
    failed = summary["failed"] + summary["parsing_errors"] + len(unreasoned)
    print(f"checkov skipped {summary['skipped']}, each with a reason")
    print(f"checkov: {summary['passed']} passed, {failed} failed")
    return 0 if failed == 0 and summary["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
