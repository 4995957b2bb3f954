"""grpcurl, which knows no protos of ours: everything by reflection, over the unix socket."""

import json
import subprocess

from harness import tools

NEEDS = ("grpcurl",)


def grpcurl(daemon, *arguments, admin=False, data=None):
    """(exit code, output of both kinds)"""
    target = daemon.admin_target if admin else daemon.api_target
    command = [tools.find("grpcurl"), "-plaintext", "-connect-timeout", "30", "-max-time", "30"]
    if data is not None:
        command += ["-d", json.dumps(data)]
    done = subprocess.run([*command, target, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def called(daemon, method, data=None, admin=False):
    code, out = grpcurl(daemon, method, data=data or {}, admin=admin)
    assert code == 0, out
    return json.loads(out)


def test_grpcurl_lists_and_describes(cluster):
    daemon = cluster.running(1)[0]
    code, out = grpcurl(daemon, "list")
    assert code == 0, out
    services = out.split()
    assert {"swim.v1.MembershipService", "swim.v1.MessagingService", "grpc.health.v1.Health"} <= set(services)
    assert "swim.v1.AdminService" not in services
    for service in services:
        code, out = grpcurl(daemon, "describe", service)
        assert code == 0, f"{service}: {out}"
    assert "swim.v1.AdminService" in grpcurl(daemon, "list", admin=True)[1]


def test_grpcurl_health(cluster):
    daemon = cluster.running(1)[0]
    assert called(daemon, "grpc.health.v1.Health/Check") == {"status": "SERVING"}
    assert called(daemon, "grpc.health.v1.Health/Check",
                  {"service": "swim.v1.MembershipService"}) == {"status": "SERVING"}
    code, out = grpcurl(daemon, "grpc.health.v1.Health/Check", data={"service": "nobody"})
    assert code != 0 and "NotFound" in out


def test_grpcurl_calls(cluster):
    first, _ = cluster.running(2)
    members = called(first, "swim.v1.MembershipService/ListMembers")["members"]
    assert [member["name"] for member in members] == ["n1", "n2"]
    assert called(first, "swim.v1.AdminService/ListKeys", admin=True)["keys"][0]["primary"] is True
    code, out = grpcurl(first, "swim.v1.MembershipService/GetMember", data={"name": "nobody"})
    assert code != 0 and "NotFound" in out and "MEMBER_NOT_FOUND" in out
