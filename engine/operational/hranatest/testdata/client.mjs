// The official client's transactions and batches against a server: node client.mjs URL TOKEN, with
// @libsql/client to be found by NODE_PATH. Prints "ok" when everything is as it is on Turso.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { createClient } = createRequire(process.env.NODE_PATH + "/")("@libsql/client");
const [url, authToken] = process.argv.slice(2);
const db = createClient({ url, authToken, intMode: "bigint" });

await db.batch(["create table t (id integer primary key, name text, x real, b blob)"], "write");
let r = await db.execute({ sql: "insert into t (name, x, b) values (?, ?, ?)", args: ["Ada", 1.5, new Uint8Array([0, 255])] });
assert.equal(r.rowsAffected, 1);
assert.equal(r.lastInsertRowid, 1n);

r = await db.execute({ sql: "select id, name, x, b, null as n, 9007199254740993 as big from t where name = :name", args: { name: "Ada" } });
assert.deepEqual(r.columns, ["id", "name", "x", "b", "n", "big"]);
assert.equal(r.rows[0].name, "Ada");
assert.equal(r.rows[0].x, 1.5);
assert.deepEqual(new Uint8Array(r.rows[0].b), new Uint8Array([0, 255]));
assert.equal(r.rows[0].n, null);
assert.equal(r.rows[0].big, 9007199254740993n);

// A batch is one transaction: an error in it leaves nothing.
await assert.rejects(db.batch(["insert into t (name) values ('Bo')", "insert into nowhere values (1)"], "write"));
r = await db.execute("select count(*) as n from t");
assert.equal(r.rows[0].n, 1n);
const both = await db.batch([{ sql: "insert into t (name) values (?)", args: ["Bo"] }, "select count(*) as n from t"], "write");
assert.equal(both[1].rows[0].n, 2n);

// An interactive transaction lasts over several requests.
let tx = await db.transaction("write");
await tx.execute("insert into t (name) values ('Cy')");
r = await tx.execute("select count(*) as n from t");
assert.equal(r.rows[0].n, 3n);
await tx.rollback();
tx = await db.transaction("write");
await tx.execute("insert into t (name) values ('Dee')");
await tx.commit();
r = await db.execute("select group_concat(name) as names from t");
assert.equal(r.rows[0].names, "Ada,Bo,Dee");

await assert.rejects(db.execute("selekt 1"), (e) => e.name === "LibsqlError" && /syntax/.test(e.message));
await assert.rejects(db.execute("insert into t (id) values (1)"), (e) => e.code.startsWith("SQLITE_CONSTRAINT"));
await db.executeMultiple("create table u (a); insert into u values (1); insert into u values (2);");
r = await db.execute("select count(*) as n from u");
assert.equal(r.rows[0].n, 2n);

await assert.rejects(createClient({ url, authToken: "wrong" }).execute("select 1"));
db.close();
console.log("ok");
