/** The certificate of the load balancer: of Google for apex and wildcard, or one that the user has already. */
import { Certificate } from '@pulumi/gcp/certificatemanager/certificate.js';
import { CertificateMap } from '@pulumi/gcp/certificatemanager/certificateMap.js';
import { CertificateMapEntry } from '@pulumi/gcp/certificatemanager/certificateMapEntry.js';
import { DnsAuthorization } from '@pulumi/gcp/certificatemanager/dnsAuthorization.js';
import { RecordSet } from '@pulumi/gcp/dns/recordSet.js';
import { interpolate, type Output } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
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
    return mapOf(inside, certificate, own ?? domain ?? '');
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

/** Proven in the zone, so that it is issued before any traffic comes. */
function managed(context: GcpContext, domain: string): Certificate {
  const more = texts(settingsOf(context.input.app, 'dns'), 'subdomains') ?? [];
  const authorization = new DnsAuthorization(
    'certificate-proof',
    {
      name: environmentName(context.environment, 'proof', 63),
      domain,
      labels: tagged(context, 'certificate-proof'),
    },
    options(context, 'certificate-proof'),
  );
  const proof = authorization.dnsResourceRecords.apply((records) => records[0]);
  const record = new RecordSet(
    'certificate-proof-record',
    {
      managedZone: from(context, 'network', 'zoneId'),
      name: proof.apply((one) => one?.name ?? ''),
      type: proof.apply((one) => one?.type ?? 'CNAME'),
      ttl: 300,
      rrdatas: [proof.apply((one) => one?.data ?? '')],
    },
    options(context, 'certificate-proof-record'),
  );
  // The wildcard covers one level, so names below it are only worth a line of their own when they are deeper.
  const deeper = more
    .map((name) => `${name}.${domain}`)
    .filter((name) => name.split('.').length > domain.split('.').length + 1);
  return new Certificate(
    'certificate',
    {
      name: environmentName(context.environment, 'edge', 63),
      managed: { domains: [domain, `*.${domain}`, ...deeper], dnsAuthorizations: [authorization.id] },
      labels: tagged(context, 'certificate'),
    },
    { ...options(context, 'certificate'), dependsOn: [record] },
  );
}

function mapOf(context: GcpContext, certificate: Certificate, domain: string): MadeCertificate {
  const map = new CertificateMap(
    'certificate-map',
    { name: environmentName(context.environment, 'edge', 63), labels: tagged(context, 'certificate-map') },
    options(context, 'certificate-map'),
  );
  for (const [title, hostname] of Object.entries({ apex: domain, wildcard: `*.${domain}` })) {
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
