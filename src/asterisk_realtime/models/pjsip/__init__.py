"""The objects of res_pjsip, one kind a class."""
