// Command proof-go is the workload of sandbox/proof/workload.py for a second SDK: the AWS SDK for Go v2, whose default
// chain finds the pod's credentials by itself. It reads actions as JSON from standard input and writes a report of their
// outcomes to standard output, in the same format.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

type action struct {
	Service   string            `json:"service"`
	Action    string            `json:"action"`
	Arguments map[string]string `json:"arguments"`
}

type outcome struct {
	OK      bool    `json:"ok"`
	Code    string  `json:"code,omitempty"`
	Message string  `json:"message,omitempty"`
	Arn     string  `json:"arn,omitempty"`
	Account string  `json:"account,omitempty"`
	Seconds float64 `json:"seconds"`
}

type report struct {
	Method      string    `json:"method"`
	Credentials outcome   `json:"credentials"`
	Identity    *outcome  `json:"identity,omitempty"`
	Actions     []outcome `json:"actions,omitempty"`
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var actions []action
	if err := json.NewDecoder(os.Stdin).Decode(&actions); err != nil {
		return fmt.Errorf("reading the actions: %w", err)
	}
	// With the SDK's default of three attempts: a server on the loopback address can answer before the SDK has read the
	// end of its own request, and then smithy-go closes the request's body, and net/http the connection, under the
	// answer ("use of closed network connection").
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("loading the default configuration: %w", err)
	}
	var workload report
	workload.Credentials = attempt(func(*outcome) error {
		credentials, err := settings.Credentials.Retrieve(ctx)
		workload.Method = credentials.Source
		return err
	})
	if workload.Credentials.OK {
		identity := attempt(func(result *outcome) error {
			answer, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err == nil {
				result.Arn, result.Account = aws.ToString(answer.Arn), aws.ToString(answer.Account)
			}
			return err
		})
		workload.Identity = &identity
		for _, a := range actions {
			workload.Actions = append(workload.Actions, attempt(func(*outcome) error { return call(ctx, settings, a) }))
		}
	}
	return json.NewEncoder(os.Stdout).Encode(workload)
}

// call makes the call of an action and reads the body of the answer.
func call(ctx context.Context, settings aws.Config, a action) error {
	if a.Service != "s3" || a.Action != "get_object" {
		return fmt.Errorf("this workload supports s3 get_object only, not %s %s", a.Service, a.Action)
	}
	// The emulator has one address for all buckets.
	client := s3.NewFromConfig(settings, func(options *s3.Options) { options.UsePathStyle = true })
	answer, err := client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(a.Arguments["Bucket"]),
		Key:    aws.String(a.Arguments["Key"]),
	})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// attempt returns the outcome of do and how long it took.
func attempt(do func(*outcome) error) outcome {
	start := time.Now()
	result := outcome{OK: true}
	if err := do(&result); err != nil {
		result.OK, result.Message = false, err.Error()
		var apiError smithy.APIError
		if errors.As(err, &apiError) {
			result.Code = apiError.ErrorCode()
		}
	}
	result.Seconds = time.Since(start).Seconds()
	return result
}
