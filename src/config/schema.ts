export { type Config, configSchema } from '../../schemas/config.ts';
