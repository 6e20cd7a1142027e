"""The tables of res_pjsip's objects, one class for each."""
