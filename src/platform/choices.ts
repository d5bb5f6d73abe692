/** The choices of k8s-base, for the platform that is built by them. */
export { choicesOf, type PlatformChoices } from '../app/choices.ts';
