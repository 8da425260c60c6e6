// A fleet that lives: gates that open and close, lose their network, people and programs that send commands. Some names
// try to be HTML, as an attacker's would.
import { EventEmitter } from "node:events";

export const kHostile = "<img src=x onerror=alert(1)>";

const kPlaces = [
  "north",
  "south",
  "river",
  "mill",
  "harbour",
  "station",
  "school",
  "depot",
  "garden",
  "castle",
];
const kKinds = ["gate", "barrier", "door", "lot"];
const kPeople = [
  "Anna Berg",
  "Bo Lind",
  "Carla Núñez",
  "David O'Neil",
  "Elif Kaya",
  kHostile,
  "Fatima Z.",
  "Giorgos",
  "李雷",
  "Hans-Peter",
];
const kFirmware = ["2.4.1", "2.4.0", "2.3.7", "1.9.12"];

const pick = (list, i) => list[i % list.length];
const ago = (ms) => new Date(Date.now() - ms).toISOString();
const kMinute = 60_000;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;

export class Fleet extends EventEmitter {
  devices = [];
  commands = [];
  grants = [];
  users = [];
  sharing = [];
  files = [];
  keys = [];
  hardwareOfKey = new Map();
  pending = [];
  audit = [];
  jobs = [];
  #turn = 0;
  #away = null;
  #next = { command: 1, audit: 1 };

  constructor() {
    super();
    this.setMaxListeners(0);
    this.startedAt = ago(3 * kDay + 5 * kHour);
    this.counters = {
      requests: 120_000,
      errors: 3,
      operations: 98_000,
      seconds: 410,
      statuses: 40_000,
      commits: 31_000,
      commitSeconds: 60,
    };
    for (let i = 0; i < 137; ++i) this.#addDevice(i);
    kPeople.forEach((name, i) => this.#addUser(i + 1, name));
    this.#addPapers();
    for (let i = 300; i > 0; --i) this.#addOldCommand(i);
    for (let i = 0; i < 4; ++i) this.#addPending(i);
  }

  move() {
    this.#turn += 1;
    this.counters.requests += 30 + Math.round(12 * Math.sin(this.#turn / 9)) + Math.round(Math.random() * 8);
    this.counters.operations += 25 + Math.round(Math.random() * 10);
    this.counters.seconds += 0.08 + Math.random() * 0.05;
    this.counters.statuses += 18 + Math.round(Math.random() * 6);
    this.counters.commits += 9 + Math.round(Math.random() * 3);
    this.counters.commitSeconds += 0.015 + Math.random() * 0.01;
    this.#moveGates();
    if (this.#turn % 4 === 0) this.#changePresence();
    if (this.#turn % 6 === 0)
      this.send(
        pick(this.devices, this.#turn * 7),
        { action: pick(["open_gate", "close_gate", "stop_gate"], this.#turn) },
        `user:${1 + (this.#turn % 9)}`,
      );
    this.#workOnJobs();
    if (this.#turn % 5 === 0) this.emit("health");
  }

  named(name) {
    return this.devices.find((device) => device.controller_id === name);
  }

  note(who, action, target, outcome = "ok", detail = null) {
    this.audit.unshift({
      id: this.#next.audit++,
      at: new Date().toISOString(),
      who,
      action,
      target: String(target),
      peer: "198.51.100.7",
      outcome,
      detail,
      request_id: `r-${this.#next.audit}`,
    });
  }

  send(device, command, sender) {
    const at = new Date().toISOString();
    const entry = {
      command_id: `cmd_${String(this.#next.command++).padStart(6, "0")}`,
      device_id: device.id,
      controller_id: device.controller_id,
      sender,
      command,
      state: device.is_online ? "sent" : "failed",
      sent_at: at,
      updated_at: at,
      result: device.is_online ? null : { message: "The device is not connected." },
    };
    this.commands.unshift(entry);
    this.note(sender, "command.send", `device:${device.id}`, device.is_online ? "ok" : "failed");
    this.#tell(entry);
    if (device.is_online) {
      setTimeout(() => this.#step(entry, "delivered"), 400);
      setTimeout(() => this.#finish(entry, device), 1400);
    }
    return entry;
  }

  register(device) {
    this.#addDevice(this.devices.length, device);
    const added = this.devices[this.devices.length - 1];
    this.emit("registered", { device_id: added.id, controller_id: added.controller_id });
    return added;
  }

  #addDevice(i, given = {}) {
    const isOnline = i % 7 !== 3;
    const seen = isOnline ? ago((i % 50) * 1000) : ago(((i * 37) % 400) * kHour + i * kMinute);
    this.devices.push({
      id: i + 1,
      controller_id:
        i === 5
          ? kHostile
          : `${pick(kPlaces, i)}-${pick(kKinds, Math.floor(i / 10))}${i < 40 ? "" : `-${Math.floor(i / 40)}`}`,
      hardware_id: `b8:27:eb:${[i, i * 7, i * 13].map((n) => (n % 256).toString(16).padStart(2, "0")).join(":")}`,
      device_name:
        i === 6 ? kHostile : i % 5 === 4 ? "" : `The ${pick(kKinds, i)} at ${pick(kPlaces, i)} street`,
      firmware_version: i === 7 ? kHostile : pick(kFirmware, Math.floor(i / 3)),
      is_online: isOnline,
      last_seen: i === 24 ? null : seen,
      created_at: ago(((i * 11) % 200) * kDay + kHour),
      version: 1,
      status: {
        state: i % 2 ? "CLOSED" : "OPEN",
        position: i % 2 ? 0 : 100,
        battery_volts: 12.6,
        boot_nonce: `n${i}`,
        note: i === 5 ? kHostile : "ok",
      },
      status_at: seen,
      ...given,
    });
  }

  #addUser(id, name) {
    this.users.push({
      user_id: id,
      names: id === 7 ? [] : id === 2 ? [name, "Bo (work)"] : [name],
      created_at: ago(id * 9 * kDay),
      last_seen: id === 4 ? null : ago(id * 3 * kHour),
    });
    for (let i = 0; i < 6; ++i) {
      const device = pick(this.devices, id * 5 + i * 3);
      this.grants.push({
        device_id: device.id,
        controller_id: device.controller_id,
        user_id: id,
        name: id === 7 ? "" : name,
        access_level: pick(["owner", "engineer", "readonly"], id + i),
        source: pick(["device", "sharing"], i),
        expires_at: i === 4 ? ago(-2 * kDay) : null,
        created_at: ago((i + id) * kDay),
      });
    }
  }

  #addPapers() {
    for (let i = 0; i < 70; ++i) {
      const device = pick(this.devices, i * 3);
      this.sharing.push({
        token_id: i + 1,
        token: `gts_${(i * 7919).toString(36).padStart(4, "a")}…`,
        device_id: device.id,
        controller_id: device.controller_id,
        created_by: 1 + (i % 9),
        access_level: pick(["engineer", "readonly"], i),
        is_used: i % 4 === 1,
        used_by: i % 4 === 1 ? 2 : null,
        expires_at: ago((i % 5 === 0 ? 1 : -1) * (i + 1) * kHour),
        created_at: ago(i * kHour * 5),
        notes: i === 2 ? kHostile : i % 3 ? "" : "For the postman",
        revoked: i % 11 === 10,
      });
      this.files.push({
        file_id: i + 1,
        device_id: pick(this.devices, i % 20).id,
        controller_id: pick(this.devices, i % 20).controller_id,
        name: i === 3 ? kHostile : pick(["config.json", "agent.log", "gate-2.4.1.bin"], Math.floor(i / 20)),
        kind: pick(["config", "log", "firmware"], Math.floor(i / 20)),
        size: 800 + i * i * 977,
        sha256: "ab".repeat(32),
        state: i % 17 === 16 ? "uploading" : "complete",
        created_at: ago(i * kHour),
        created_by: i % 2 ? `user:${1 + (i % 9)}` : `device:${1 + (i % 20)}`,
      });
    }
    this.keys.push({
      key_id: 1,
      name: "Workshop",
      max_uses: 50,
      uses: 12,
      expires_at: ago(-9 * kDay),
      created_at: ago(20 * kDay),
      hardware_id: null,
      controller_id: null,
    });
    this.keys.push({
      key_id: 2,
      name: kHostile,
      max_uses: 1,
      uses: 0,
      expires_at: ago(-kHour),
      created_at: ago(kHour),
      hardware_id: "b8:27:eb:12:34:56",
      controller_id: "front-gate",
    });
    this.users.forEach(
      (user) =>
        (user.devices = new Set(
          this.grants.filter((g) => g.user_id === user.user_id).map((g) => g.device_id),
        ).size),
    );
  }

  #addOldCommand(i) {
    const device = pick(this.devices, i * 5);
    const state = i % 23 === 0 ? "failed" : i % 17 === 0 ? "expired" : "acknowledged";
    const at = ago(i * 11 * 13_000);
    this.commands.unshift({
      command_id: `cmd_${String(this.#next.command++).padStart(6, "0")}`,
      device_id: device.id,
      controller_id: device.controller_id,
      sender: i % 6 ? `user:${1 + (i % 9)}` : "admin:jane",
      command:
        i === 4 ? { action: kHostile } : { action: pick(["open_gate", "close_gate"], i), gate_number: 1 },
      state,
      sent_at: at,
      updated_at: at,
      result:
        state === "acknowledged"
          ? { success: true }
          : state === "failed"
            ? { success: false, message: "obstacle" }
            : null,
    });
    if (i % 3 === 0)
      this.audit.unshift({
        id: this.#next.audit++,
        at,
        who: i % 6 ? `user:${1 + (i % 9)}` : "admin:jane",
        action: pick(["commands.send", "sharing.create", "auth.remove", "admin.login"], i),
        target: i === 6 ? kHostile : `device:${device.id}`,
        peer: `198.51.100.${i % 250}`,
        outcome: pick(["ok", "ok", "refused", "ok", "failed"], i),
        detail: i % 5 === 2 ? "403: The level readonly is not enough." : null,
        request_id: `r-${i}`,
      });
  }

  #addPending(i) {
    this.pending.push({
      pending_id: i + 1,
      hardware_id: i === 3 ? kHostile : `dc:a6:32:00:00:0${i < 2 ? 1 : i}`,
      controller_id: `new-gate-${i + 1}`,
      device_name: i === 2 ? kHostile : "",
      peer: `203.0.113.${20 + i}`,
      requested_at: ago(i * 17 * kMinute),
      expires_at: ago(-(70 - i) * kHour),
      pending_for_hardware: i < 2 ? 2 : 1,
    });
  }

  #moveGates() {
    for (let i = 0; i < 6; ++i) {
      const device = pick(this.devices, this.#turn * 11 + i * 17);
      if (device.is_online)
        this.#say(device, {
          position: Math.max(0, Math.min(100, device.status.position + (i % 2 ? 10 : -10))),
        });
    }
  }

  #say(device, change) {
    device.status = { ...device.status, ...change };
    device.status_at = device.last_seen = new Date().toISOString();
    this.emit("status", device);
  }

  #changePresence() {
    const device = this.#away ?? pick(this.devices, this.#turn * 13);
    this.#away = this.#away ? null : device; // who went comes back
    device.is_online = !device.is_online;
    device.last_seen = new Date().toISOString();
    this.emit("presence", {
      device_id: device.id,
      controller_id: device.controller_id,
      is_online: device.is_online,
      at: device.last_seen,
    });
  }

  #step(entry, state, result = null) {
    Object.assign(entry, { state, result, updated_at: new Date().toISOString() });
    this.#tell(entry);
  }

  #finish(entry, device) {
    const isLost = this.commands.length % 19 === 0;
    if (isLost) return this.#step(entry, "expired");
    this.#step(entry, "acknowledged", { success: true });
    const states = {
      open_gate: ["OPENING", 100],
      close_gate: ["CLOSING", 0],
      stop_gate: ["STOPPED", device.status.position],
    };
    const [state, position] = states[entry.command.action] ?? ["IDLE", device.status.position];
    this.#say(device, { state, position });
  }

  #tell({ device_id, command_id, state, updated_at }) {
    this.emit("command", { device_id, command_id, state, at: updated_at });
  }

  #workOnJobs() {
    for (const job of this.jobs.filter(({ state }) => state === "running")) {
      for (const row of job.rows.filter(({ state }) => state === "waiting").slice(0, 3)) {
        Object.assign(row, job.act(row.item));
        job.done += 1;
        if (row.state === "failed") job.failed += 1;
      }
      if (job.done === job.total) job.state = "done";
    }
  }
}
