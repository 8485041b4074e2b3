// A certified OpenID Connect provider for tests, on a free port of this machine, with its own development forms for signing in.
//
//   node provider.mjs REDIRECT-URI
//
// The first line on standard output is {"issuer","clientId","clientSecret"}. Everybody may sign in with any password; what is said of
// them is set by PUT /accounts/NAME with {"name","preferred_username","email","groups","azp"}. It ends with its standard input.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

console.info = console.warn = console.error;
const accounts = new Map();
const clientSecret = 'a secret of the test, with % and +';

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'rollcall', client_secret: clientSecret, redirect_uris: [process.argv[2]] }],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'azp'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'profile', 'email', 'groups'],
    pkce: { required: () => true },
    // As certified: beyond the subject, claims come from the user info endpoint. With the flag they are in the id token.
    conformIdTokenClaims: process.env.CLAIMS_IN_ID_TOKEN !== '1',
    cookies: { keys: ['a key of the test'] },
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 600, Grant: 600 },
    async findAccount(_, id) {
      const said = accounts.get(id) ?? { preferred_username: id };
      return { accountId: id, claims: async () => ({ sub: id, ...said }) };
    },
  });
  const callback = provider.callback();
  server.on('request', async (request, response) => {
    const account = request.url.match(/^\/accounts\/([\w.-]+)$/);
    if (account && request.method === 'PUT') {
      accounts.set(account[1], await body(request));
      response.writeHead(204).end();
      return;
    }
    callback(request, response);
  });
  process.stdout.write(`${JSON.stringify({ issuer, clientId: 'rollcall', clientSecret })}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
