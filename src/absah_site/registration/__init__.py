"""The pages of registration: agencies, applicants, the verifikator's table, the person's own steps, the life after."""
