// A strict OpenID provider on a free port of localhost: it writes its issuer on one line. Whoever types a name at its
// sign-in is that person; `nobody` has an address that is not verified. Its argument is where people are sent back to.
import http from "node:http";
import Provider from "oidc-provider";

const server = http.createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "ekkyo", client_secret: "s", redirect_uris: [process.argv[2]] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["employee_number"] },
    cookies: { keys: ["for a test alone"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: id !== "nobody", employee_number: "0012345" }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
