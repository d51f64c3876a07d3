// Two users for each service, each in that service's own database: one that runs the service, and reads and writes its
// documents, and sees which indexes there are, and one for its `provision`, which makes collections and indexes and reads nothing.
// Run by the image's own entrypoint, once, when the data folder is empty; or by hand: mongosh -u root … users.js
// The passwords are files in $EKKYO_MONGO_SECRETS, /secrets by default, as `ekkyo secrets` writes them.
const { readFileSync } = require("fs");
const folder = process.env.EKKYO_MONGO_SECRETS || "/secrets";

for (const service of ["members", "events", "surveys", "notify"]) {
  const name = `ekkyo_${service}`;
  const database = db.getSiblingDB(name);
  const everything = { db: name, collection: "" };
  database.createRole({
    role: "serve",
    privileges: [{ resource: everything, actions: ["find", "insert", "update", "remove", "listIndexes"] }],
    roles: [],
  });
  database.createRole({
    role: "provision",
    privileges: [{ resource: everything, actions: ["createCollection", "createIndex", "listCollections", "listIndexes"] }],
    roles: [],
  });
  for (const [user, role] of [[service, "serve"], [`${service}-provision`, "provision"]]) {
    const pwd = readFileSync(`${folder}/${user}-password`, "utf8").trim();
    database.createUser({ user, pwd, roles: [{ role, db: name }] });
  }
}
