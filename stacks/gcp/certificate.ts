/** The certificate of the load balancer: of Google for apex and wildcard, or one that the user has already. */
import { Certificate } from '@pulumi/gcp/certificatemanager/certificate.js';
import { CertificateMap } from '@pulumi/gcp/certificatemanager/certificateMap.js';
import { CertificateMapEntry } from '@pulumi/gcp/certificatemanager/certificateMapEntry.js';
import { DnsAuthorization } from '@pulumi/gcp/certificatemanager/dnsAuthorization.js';
import { RecordSet } from '@pulumi/gcp/dns/recordSet.js';
import { interpolate, type Output } from '@pulumi/pulumi';
import { environmentName, hashOf } from '../../src/app/names.ts';
import { certificateSecrets } from '../../src/app/stack-secrets.ts';
import { from, options, part, tagged } from '../context.ts';
import { secret } from '../secrets.ts';
import { has, settingsOf, text, texts } from '../settings.ts';
import type { GcpContext } from './context.ts';

export interface MadeCertificate {
  /** Link of the map, as a proxy wants it. */
  readonly mapLink: Output<string>;
  readonly certificateId: Output<string>;
}

/** One of files comes before one of the domain. Undefined without any. */
export function makeCertificate(context: GcpContext): MadeCertificate | undefined {
  const { app } = context.input;
  const domain = text(settingsOf(app, 'dns'), 'domain');
  const own = has(app, 'external-ssl-cert') ? text(settingsOf(app, 'external-ssl-cert'), 'domain') : undefined;
  if (own === undefined && domain === undefined) return undefined;
  return part(context, 'dns:Certificate', 'certificates', (inside) => {
    const certificate = own === undefined ? managed(inside, domain ?? '') : imported(inside);
    const deeper = own === undefined ? deeperNames(inside, domain ?? '') : [];
    return mapOf(inside, certificate, own ?? domain ?? '', deeper);
  });
}

function imported(context: GcpContext): Certificate {
  const body = secret(certificateSecrets.body);
  return new Certificate(
    'certificate',
    {
      name: environmentName(context.environment, 'edge', 63),
      selfManaged: {
        pemCertificate: interpolate`${body}\n${secret(certificateSecrets.chain)}`,
        pemPrivateKey: secret(certificateSecrets.key),
      },
      labels: tagged(context, 'certificate'),
    },
    options(context, 'certificate'),
  );
}

/** Names of the file that the wildcard does not cover: it is of one level only. */
export function deeperNames(context: GcpContext, domain: string): string[] {
  const more = texts(settingsOf(context.input.app, 'dns'), 'subdomains') ?? [];
  const names = more.map((name) => `${name}.${domain}`);
  return [...new Set(names)].filter((name) => name.split('.').length > domain.split('.').length + 1);
}

/** A domain that is ours, said by a record in the zone, so that the certificate is issued before any traffic comes. */
function proof(context: GcpContext, domain: string, title: string): readonly [DnsAuthorization, RecordSet] {
  const name = `certificate-${title}`;
  const authorization = new DnsAuthorization(
    name,
    { name: environmentName(context.environment, title, 63), domain, labels: tagged(context, name) },
    options(context, name),
  );
  const wanted = authorization.dnsResourceRecords.apply((records) => records[0]);
  const record = new RecordSet(
    `${name}-record`,
    {
      managedZone: from(context, 'network', 'zoneId'),
      name: wanted.apply((one) => one?.name ?? ''),
      type: wanted.apply((one) => one?.type ?? 'CNAME'),
      ttl: 300,
      rrdatas: [wanted.apply((one) => one?.data ?? '')],
    },
    options(context, `${name}-record`),
  );
  return [authorization, record];
}

/** One proof covers a domain and its wildcard; each name below has its own. */
function managed(context: GcpContext, domain: string): Certificate {
  const deeper = deeperNames(context, domain);
  const bare = new Set(deeper.map((name) => name.replace(/^\*\./, '')));
  const proofs = [
    proof(context, domain, 'proof'),
    ...[...bare].map((name) => proof(context, name, `proof-${hashOf(name)}`)),
  ];
  return new Certificate(
    'certificate',
    {
      name: environmentName(context.environment, 'edge', 63),
      managed: {
        domains: [domain, `*.${domain}`, ...deeper],
        dnsAuthorizations: proofs.map(([authorization]) => authorization.id),
      },
      labels: tagged(context, 'certificate'),
    },
    { ...options(context, 'certificate'), dependsOn: proofs.map(([, record]) => record) },
  );
}

function mapOf(
  context: GcpContext,
  certificate: Certificate,
  domain: string,
  deeper: readonly string[],
): MadeCertificate {
  const map = new CertificateMap(
    'certificate-map',
    { name: environmentName(context.environment, 'edge', 63), labels: tagged(context, 'certificate-map') },
    options(context, 'certificate-map'),
  );
  const named = Object.fromEntries(deeper.map((hostname) => [`name-${hashOf(hostname)}`, hostname]));
  for (const [title, hostname] of Object.entries({ apex: domain, wildcard: `*.${domain}`, ...named })) {
    const name = `certificate-for-${title}`;
    new CertificateMapEntry(
      name,
      {
        name: environmentName(context.environment, title, 63),
        map: map.name,
        hostname,
        certificates: [certificate.id],
        labels: tagged(context, name),
      },
      options(context, name),
    );
  }
  return { mapLink: interpolate`//certificatemanager.googleapis.com/${map.id}`, certificateId: certificate.id };
}
