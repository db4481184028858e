import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkAttr,
  checkLibvirt,
  checkMachined,
  checkSystemd,
  checkUtilLinux,
} from "../../../../helpers/command/doctor/programs.ts";
import { fakeHost } from "./fake-host.ts";

test("systemd has to be 254 or later", async () => {
  const withVersion = (text: string) => checkSystemd(fakeHost({ commands: { "systemctl --version": text } }));
  assert.equal((await withVersion("systemd 257 (257.7-1)\n+PAM")).verdict, "ok");
  assert.deepEqual(await withVersion("systemd 252 (252.1)"), {
    check: "systemd",
    verdict: "failed",
    message: "252 is too old",
    fix: "Install systemd 254 or later",
  });
  assert.match((await checkSystemd(fakeHost({}))).message, /not found/);
});

test("util-linux has to be 2.39 or later", async () => {
  const withVersion = async (text: string) =>
    (await checkUtilLinux(fakeHost({ commands: { "mount --version": text } }))).verdict;
  assert.equal(await withVersion("mount from util-linux 2.41 (libmount 2.41.0: selinux)"), "ok");
  assert.equal(await withVersion("mount from util-linux 2.39.3 (libmount)"), "ok");
  assert.equal(await withVersion("mount from util-linux 3.0"), "ok");
  assert.equal(await withVersion("mount from util-linux 2.38.1 (libmount)"), "failed");
  assert.equal(await withVersion("BusyBox v1.36"), "failed");
});

test("without setfattr import is short of attributes, which is a warning", async () => {
  const commands = { "setfattr --version": "setfattr 2.5.2" };
  assert.deepEqual(await checkAttr(fakeHost({ commands })), { check: "attr", verdict: "ok", message: "2.5.2" });
  assert.match((await checkAttr(fakeHost({}))).fix ?? "", /install attr/);
});

test("libvirt has to be there, with its LXC driver, and answer", async () => {
  const answer = "Using library: libvirt 11.3.0\nUsing API: LXC 11.3.0";
  const driver = { "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_lxc.so": "" };
  const virsh = { "virsh --version": "11.3.0" };
  const connect = { ...virsh, "virsh --connect lxc:///system version": answer };
  assert.deepEqual(await checkLibvirt(fakeHost({ commands: connect })), {
    check: "libvirt",
    verdict: "ok",
    message: "11.3.0, its LXC driver answers",
  });
  assert.match((await checkLibvirt(fakeHost({ commands: virsh, files: driver }))).fix ?? "", /systemctl/);
  assert.match((await checkLibvirt(fakeHost({ commands: virsh }))).fix ?? "", /driver-lxc/);
  assert.match((await checkLibvirt(fakeHost({}))).message, /not installed/);
});

test("without machined there are no limits, which is a warning", async () => {
  const files = { "/usr/share/dbus-1/system-services/org.freedesktop.machine1.service": "" };
  assert.equal((await checkMachined(fakeHost({}))).verdict, "warning");
  assert.equal((await checkMachined(fakeHost({ files }))).verdict, "warning");
  const commands = { "machinectl --no-pager list": "No machines." };
  assert.equal((await checkMachined(fakeHost({ files, commands }))).verdict, "ok");
});
