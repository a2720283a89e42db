-- Whose answers staff enter, and how they were received; empty for the vendor itself.

ALTER TABLE invitations ADD COLUMN on_behalf_of TEXT;
