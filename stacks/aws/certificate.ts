/** The certificate of the load balancer: of ACM for apex and wildcard, or one that the user has already. */
import { Certificate } from '@pulumi/aws/acm/certificate.js';
import { CertificateValidation } from '@pulumi/aws/acm/certificateValidation.js';
import { Record } from '@pulumi/aws/route53/record.js';
import type { Input, Output } from '@pulumi/pulumi';
import { certificateSecrets } from '../../src/app/stack-secrets.ts';
import { options, part, tagged } from '../context.ts';
import { secret } from '../secrets.ts';
import { has, settingsOf, text } from '../settings.ts';
import type { AwsContext } from './context.ts';

export interface Domain {
  readonly name: string;
  readonly zoneId: Input<string>;
}

/**
 * In this order: `cert_arn` of k8s-base, the files of external-ssl-cert, one of ACM for the domain. Undefined without
 * any. The zone is delegated by now: the promotion asked its parent before this stack.
 */
export function makeCertificate(context: AwsContext, domain: Domain | undefined): Input<string> | undefined {
  const written = text(settingsOf(context.input.app, 'k8s-base'), 'cert_arn');
  if (written !== undefined) return written;
  if (has(context.input.app, 'external-ssl-cert')) return imported(context);
  return domain === undefined ? undefined : validated(context, domain);
}

function imported(context: AwsContext): Output<string> {
  return part(context, 'dns:Certificate', 'certificate-of-files', (inside) => {
    const certificate = new Certificate(
      'certificate',
      {
        certificateBody: secret(certificateSecrets.body),
        certificateChain: secret(certificateSecrets.chain),
        privateKey: secret(certificateSecrets.key),
        tags: tagged(inside, 'certificate'),
      },
      options(inside, 'certificate'),
    );
    return certificate.arn;
  });
}

function validated(context: AwsContext, { name, zoneId }: Domain): Output<string> {
  return part(context, 'dns:Certificate', 'certificate-of-domain', (inside) => {
    const certificate = new Certificate(
      'certificate',
      {
        domainName: name,
        subjectAlternativeNames: [`*.${name}`],
        validationMethod: 'DNS',
        keyAlgorithm: 'EC_prime256v1',
        tags: tagged(inside, 'certificate'),
      },
      options(inside, 'certificate'),
    );
    // Apex and wildcard are proven by one and the same record.
    const proof = certificate.domainValidationOptions.apply((all) => all[0]);
    const record = new Record(
      'certificate-proof',
      {
        zoneId,
        name: proof.apply((one) => one?.resourceRecordName ?? ''),
        type: proof.apply((one) => one?.resourceRecordType ?? 'CNAME'),
        records: [proof.apply((one) => one?.resourceRecordValue ?? '')],
        ttl: 300,
        allowOverwrite: true,
      },
      options(inside, 'certificate-proof'),
    );
    const validation = new CertificateValidation(
      'certificate-issued',
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { ...options(inside, 'certificate-issued'), customTimeouts: { create: '15m' } },
    );
    return validation.certificateArn;
  });
}
