import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';

/** A company's network on this machine: a certificate authority of its own, and a proxy as the only way out. */
export type Service = AsyncDisposable & { readonly port: number };

/** Makes an authority and a certificate for these names with OpenSSL's own program; returns the files. */
export function makeCertificates(folder: string, names: readonly string[]) {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
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

/**
 * The cloud behind TLS, as Cursor's is. Links to stored files lead to the same place under another name, as those of
 * a storage service do.
 */
export async function startTlsFront(
  cloudUrl: string,
  files: { readonly certificate: string; readonly key: string },
  storageName: string,
): Promise<Service> {
  const server = createHttpsServer(
    { cert: readFileSync(files.certificate), key: readFileSync(files.key) },
    (incoming, answer) => {
      const headers = { ...incoming.headers, host: new URL(cloudUrl).host };
      const asked = { method: incoming.method, headers };
      const onward = httpRequest(new URL(incoming.url ?? '/', cloudUrl), asked, async (back) => {
        const isLink = incoming.url?.includes('/artifacts/download') === true;
        if (!isLink) {
          answer.writeHead(back.statusCode ?? 502, back.headers);
          back.pipe(answer);
          return;
        }
        const body = Buffer.concat(await back.toArray()).toString();
        answer.writeHead(back.statusCode ?? 502, { 'content-type': 'application/json' });
        answer.end(body.replaceAll(cloudUrl, `https://${storageName}`));
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      incoming.pipe(onward);
    },
  );
  return listening(server);
}

export type ForwardProxy = Service & { readonly url: string; readonly asked: string[] };

/** A forward proxy that knows these names alone, and notes what it is asked for. */
export async function startProxy(known: ReadonlyMap<string, number>): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = createHttpServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    answer.writeHead(502).end('not known here');
  });
  server.on('connect', (request, near: Socket, head: Buffer) => {
    asked.push(`CONNECT ${request.url}`);
    near.on('error', () => near.destroy());
    const port = known.get(String(request.url));
    if (port === undefined) return near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      near.pipe(far).pipe(near);
    });
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    return undefined;
  });
  const service = await listening(server);
  return { ...service, url: `http://127.0.0.1:${service.port}`, asked };
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
