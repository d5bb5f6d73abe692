export interface Pins {
  readonly images: {
    readonly postgres: string;
    readonly mysql: string;
    readonly valkey: string;
    readonly mongodb: string;
    readonly moto: string;
  };
}
