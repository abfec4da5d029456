export * from '@hotel/database/drizzle';
