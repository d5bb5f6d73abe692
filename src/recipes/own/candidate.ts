/** What may become a service before its questions are answered. */
import type { DetectedService } from '../detect.ts';

export interface Candidate {
  readonly name: string;
  readonly folder?: string;
  readonly image?: string;
  readonly detected?: DetectedService;
}
