-- Whom an exemption is for, by the name that was known when it was made: a key says nothing to anybody once the account is gone.

ALTER TABLE exemptions ADD COLUMN name TEXT;
UPDATE exemptions SET name = (
    SELECT MAX(n.username) FROM notices n WHERE n.site = exemptions.site AND n.account = exemptions.subject
) WHERE subject_kind = 'account';
