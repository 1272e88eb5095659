"""The library's login is loaded alone, and nothing of the library is missing afterwards."""

import subprocess
import sys

LOAD = "import sys; from lake_ingest.sources.salesforce.login_library import load_login; load_login(); "


def told(code):
    command = [sys.executable, "-W", "ignore", "-c", LOAD + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_a_login_loads_no_soap_client_and_no_signer():
    assert (
        told("print(*{'zeep', 'lxml', 'more_itertools', 'jwt', 'cryptography'} & sys.modules.keys())") == []
    )


def test_the_parts_that_were_left_out_are_there_when_they_are_used():
    code = (
        "import simple_salesforce as one; org = one.Salesforce(instance='x', session_id='y');"
        "print(type(org.bulk2.Account).__name__, type(org.mdapi).__name__, one.login.jwt.decode.__name__);"
        "import jwt, simple_salesforce.bulk2, simple_salesforce.metadata;"
        "print(jwt.__file__ is not None, simple_salesforce.bulk2.SFBulk2Handler.__name__)"
    )
    assert told(code) == ["SFBulk2Type", "SfdcMetadataApi", "decode", "True", "SFBulk2Handler"]


def test_what_is_loaded_already_stays():
    command = [sys.executable, "-W", "ignore", "-c", "import simple_salesforce.metadata as before; " + LOAD + "print(before is sys.modules['simple_salesforce.metadata'])"]  # fmt: skip
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["True"]
