"""Everybody wants a seat of one offering at the same time: the enrolment API beside a transaction per request."""
