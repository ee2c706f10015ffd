// Loaded before a container's program: stands for the task's network namespace, which a process has not.
// - What listens on all interfaces listens on the task's own address (REHEARSAL_ADDRESS); what listens on
//   loopback only stays out of reach for the load balancer, as in a container.
// - A host name that the deployed zones or endpoints own leads where they say (REHEARSAL_RESOLVER); TLS goes
//   on checking the name. Every other name is resolved as usual.
"use strict";

const http = require("node:http");
const net = require("node:net");

const ADDRESS = process.env.REHEARSAL_ADDRESS;
const RESOLVER = process.env.REHEARSAL_RESOLVER;
const EVERYWHERE = new Set([undefined, null, "", "0.0.0.0", "::"]);
const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1"]);
const OWN_LOOPBACK = ADDRESS && ADDRESS.replace(/^127\.88\./, "127.89.");

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const first = args[0];
  if (first !== null && typeof first === "object" && "port" in first) {
    return listen.call(this, { ...first, host: inside(first.host) }, ...args.slice(1));
  }
  if (typeof first === "number" || /^\d+$/.test(first)) {
    const rest = typeof args[1] === "string" || args[1] === null ? args.slice(2) : args.slice(1);
    return listen.call(this, first, inside(typeof args[1] === "string" ? args[1] : undefined), ...rest);
  }
  return listen.apply(this, args);
};

function inside(host) {
  if (EVERYWHERE.has(host)) return ADDRESS;
  return LOOPBACK.has(host) ? OWN_LOOPBACK : host;
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // net.connect() hands over its arguments already normalized, as one list; a socket's own connect() does not.
  const [options, callback] = Array.isArray(args[0]) ? args[0] : normalized(args);
  const host = options.host;
  if (!RESOLVER || options.path || !host || net.isIP(host) || LOOPBACK.has(host)) {
    return connect.apply(this, args);
  }
  if (typeof callback === "function") this.once("connect", callback);
  this.connecting = true; // what is written until then waits
  resolve(host, options.port).then(
    (found) => {
      if (this.destroyed) return;
      connect.call(this, found ? { ...options, host: found.address, port: found.port } : options);
    },
    (error) => this.destroy(error),
  );
  return this;
};

function normalized(args) {
  const callback = args.at(-1);
  const options =
    args[0] !== null && typeof args[0] === "object"
      ? args[0]
      : { port: args[0], host: typeof args[1] === "string" ? args[1] : undefined };
  return [options, callback];
}

function resolve(name, port) {
  const url = `${RESOLVER}?name=${encodeURIComponent(name)}&port=${port}`;
  return new Promise((done, failed) => {
    http
      .get(url, { agent: false }, (answer) => {
        const chunks = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => {
          if (answer.statusCode === 404) return done(null);
          if (answer.statusCode === 200) return done(JSON.parse(Buffer.concat(chunks)));
          const explanation = String(Buffer.concat(chunks));
          const code = explanation.includes("ECONNREFUSED") ? "ECONNREFUSED" : "ENOTFOUND";
          failed(Object.assign(new Error(`${code} ${name}:${port}: ${explanation}`), { code, hostname: name, port }));
        });
      })
      .on("error", failed);
  });
}
