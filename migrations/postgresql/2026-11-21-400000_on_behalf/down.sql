ALTER TABLE invitations DROP COLUMN on_behalf_of;
