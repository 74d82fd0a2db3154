import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';

/** A simulated company network: its own certificate authority, and a proxy as the only way out. */
export type Service = AsyncDisposable & { readonly port: number };

/** Creates a certificate authority and a certificate for these names with the `openssl` program. Returns the files. */
export function makeCertificates(folder: string, names: readonly string[]) {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    ...['req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '30'],
    ...['-subj', '/CN=Company CA'],
  );
  openssl(
    ...['req', ...key, '-keyout', at('server.key'), '-out', at('server.csr')],
    ...['-subj', `/CN=${names[0]}`],
  );
  writeFileSync(at('names.cnf'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`);
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-out', at('server.pem'), '-days', '30', '-extfile', at('names.cnf')],
  );
  return { authority: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}

/** A TLS front for the rehearsal cloud. Download links use another host name, like those of a storage service. */
export async function startTlsFront(
  cloudUrl: string,
  files: { readonly certificate: string; readonly key: string },
  storageName: string,
): Promise<Service> {
  const server = createHttpsServer(
    { cert: readFileSync(files.certificate), key: readFileSync(files.key) },
    (incoming, outgoing) => {
      const headers = { ...incoming.headers, host: new URL(cloudUrl).host };
      const requests = { method: incoming.method, headers };
      const forwarded = httpRequest(
        new URL(incoming.url ?? '/', cloudUrl),
        requests,
        async (response) => {
          const isLink = incoming.url?.includes('/artifacts/download') === true;
          if (!isLink) {
            outgoing.writeHead(response.statusCode ?? 502, response.headers);
            response.pipe(outgoing);
            return;
          }
          const pieces: Buffer[] | null = await response.toArray().catch(() => null);
          // Cut off, because the client is gone.
          if (pieces === null) return void outgoing.destroy();
          const body = Buffer.concat(pieces).toString();
          outgoing.writeHead(response.statusCode ?? 502, { 'content-type': 'application/json' });
          outgoing.end(body.replaceAll(cloudUrl, `https://${storageName}`));
        },
      );
      forwarded.on('error', () => outgoing.destroy());
      outgoing.on('close', () => forwarded.destroy());
      incoming.pipe(forwarded);
    },
  );
  return listening(server);
}

export type ForwardProxy = Service & { readonly url: string; readonly requests: string[] };

/** A forward proxy that resolves only these names and records its requests. */
export async function startProxy(hosts: ReadonlyMap<string, number>): Promise<ForwardProxy> {
  const requests: string[] = [];
  const server = createHttpServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    outgoing.writeHead(502).end('not known here');
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    requests.push(`CONNECT ${request.url}`);
    client.on('error', () => client.destroy());
    const port = hosts.get(String(request.url));
    if (port === undefined) return client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    return undefined;
  });
  const service = await listening(server);
  return { ...service, url: `http://127.0.0.1:${service.port}`, requests };
}

async function listening(server: Server): Promise<Service> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    // `AddressInfo`: it listens on a TCP port.
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
